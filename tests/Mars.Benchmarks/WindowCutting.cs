// Last run (short job, one of two busy cores of an AMD EPYC with AVX2, so Error is wide):  dotnet run -c Release --project tests/Mars.Benchmarks -- --job short --filter '*WindowCutting*'
// | Method      | Mean         | Error       | StdDev     | Allocated |
// |------------ |-------------:|------------:|-----------:|----------:|
// | Frame       |     50.72 ns |    94.64 ns |   5.188 ns |         - |
// | CopyAWindow | 19,596.58 ns | 5,765.76 ns | 316.040 ns |         - |
using BenchmarkDotNet.Attributes;
using Mars.Inference.Windowing;

namespace Mars.Benchmarks;

/// <summary>A frame's way through the window: which ticks it fills, the ring, and the copy of a window into a batch.</summary>
[MemoryDiagnoser]
public class WindowCutting
{
    private const int FrameBytes = 112 * 112 * 3;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CameraWindow _window = new(new WindowOptions { ClipLength = 16, FrameBytes = FrameBytes, FrameRate = 25, Stride = 4 }, TimeProvider.System);
    private readonly byte[] _clip = new byte[16 * FrameBytes];
    private ulong _sequence;

    [GlobalSetup]
    public void Fill()
    {
        for (var i = 0; i < 32; i++)
            Frame();
    }

    [Benchmark]
    public bool Frame()
    {
        var time = Start.AddMilliseconds(40 * _sequence);
        _window.Commit(new RingFrame(++_sequence, time, true, 0), _window.Sample(time));
        return _window.TryTake(out _);
    }

    [Benchmark]
    public bool CopyAWindow() => _window.Ring.TryCopyTo(_window.Ring.Ticks - 16, _clip);
}
