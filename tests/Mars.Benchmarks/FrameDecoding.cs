// Last run (short job, one of two busy cores of an AMD EPYC with AVX2, so Error is wide):  dotnet run -c Release --project tests/Mars.Benchmarks -- --job short --filter '*FrameDecoding*'
// | Method | Width | Mean       | Error      | StdDev    | Allocated |
// |------- |------ |-----------:|-----------:|----------:|----------:|
// | Jpeg   | 320   |   523.9 us |   978.3 us |  53.62 us |         - |
// | Raw    | 320   |   213.7 us |   445.2 us |  24.40 us |         - |
// | Jpeg   | 640   |   874.3 us |   728.2 us |  39.92 us |         - |
// | Raw    | 640   |   442.5 us |   675.0 us |  37.00 us |         - |
// | Jpeg   | 1920  | 5,314.4 us | 4,370.2 us | 239.55 us |         - |
// | Raw    | 1920  | 3,783.0 us | 5,047.1 us | 276.65 us |       1 B |
// (1 B is a rounding of BenchmarkDotNet's own; the served test Accept_FramesInSteadyState_AllocatesNothing counts exactly.)
using BenchmarkDotNet.Attributes;
using Mars.Inference.Frames;
using OpenCvSharp;

namespace Mars.Benchmarks;

/// <summary>What one frame of a camera costs before inference: decode, resize as PIL does, crop, into the ring's slot.</summary>
[MemoryDiagnoser]
public class FrameDecoding
{
    private const int Side = 112;

    private readonly FrameDecoder _decoder = new(new FrameLimits(), Side);
    private readonly byte[] _slot = new byte[Side * Side * 3];
    private byte[] _jpeg = [];
    private byte[] _raw = [];

    [Params(320, 640, 1920)]
    public int Width { get; set; }

    [GlobalSetup]
    public void MakeFrames()
    {
        using var picture = new Mat(Width * 9 / 16, Width, MatType.CV_8UC3);
        // Neither flat nor noise: about as many coefficients as a photograph.
        Cv2.Randu(picture, Scalar.All(0), Scalar.All(255));
        Cv2.GaussianBlur(picture, picture, new Size(0, 0), 3);
        _jpeg = picture.ImEncode(".jpg");
        _raw = new byte[picture.Total() * 3];
        System.Runtime.InteropServices.Marshal.Copy(picture.Data, _raw, 0, _raw.Length);
    }

    [Benchmark]
    public FrameStatus Jpeg() => _decoder.Decode(_jpeg, PixelLayout.Encoded, 0, 0, _slot);

    [Benchmark]
    public FrameStatus Raw() => _decoder.Decode(_raw, PixelLayout.Bgr24, Width, Width * 9 / 16, _slot);
}
