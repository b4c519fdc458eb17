// Last run (short job, one of two busy cores of an AMD EPYC with AVX2, so Error is wide):  dotnet run -c Release --project tests/Mars.Benchmarks -- --job short --filter '*Resizing*'
// | Method | Width | Mean       | Error       | StdDev    | Allocated |
// |------- |------ |-----------:|------------:|----------:|----------:|
// | Resize | 240   |   167.7 us |   210.55 us |  11.54 us |         - |
// | Resize | 320   |   231.0 us |    40.53 us |   2.22 us |         - |
// | Resize | 1920  | 3,471.5 us | 8,629.52 us | 473.01 us |         - |
using BenchmarkDotNet.Attributes;
using Mars.Inference.Preprocessing;

namespace Mars.Benchmarks;

/// <summary>PIL's resize of a picture's short side to 112 and the centre crop, without decoding.</summary>
[MemoryDiagnoser]
public class Resizing
{
    private readonly FramePreprocessor _preprocessor = new();
    private readonly byte[] _slot = new byte[112 * 112 * 3];
    private byte[] _pixels = [];

    [Params(240, 320, 1920)]
    public int Width { get; set; }

    private int Height => Width * 9 / 16;

    [GlobalSetup]
    public void Fill()
    {
        _pixels = new byte[Width * Height * 3];
        new Random(1).NextBytes(_pixels);
    }

    [Benchmark]
    public void Resize() => _preprocessor.Process(new ImageView(_pixels, Width, Height, Width * 3, 3), swapRedBlue: true, _slot);
}
