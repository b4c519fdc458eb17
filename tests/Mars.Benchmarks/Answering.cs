// Last run (short job, one of two busy cores of an AMD EPYC with AVX2, so Error is wide):  dotnet run -c Release --project tests/Mars.Benchmarks -- --job short --filter '*Answering*'
// | Method       | Mean       | Error      | StdDev    | Gen0   | Allocated |
// |------------- |-----------:|-----------:|----------:|-------:|----------:|
// | SoftmaxOf400 | 4,486.3 ns | 3,166.0 ns | 173.54 ns |      - |         - |
// | TopFiveOf400 |   888.5 ns | 1,041.6 ns |  57.10 ns |      - |         - |
// | Reply        | 1,080.8 ns |   804.6 ns |  44.10 ns | 0.0362 |     608 B |
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Mars.Inference.Batching;
using Mars.Inference.Models;
using Mars.Inference.Postprocessing;
using Mars.Inference.Serving;
using Mars.Inference.Sessions;
using Mars.Inference.Windowing;
using Mars.Server.Streams;

namespace Mars.Benchmarks;

/// <summary>From logits to the bytes of a reply. The reply is an object; nothing else may be left to collect.</summary>
[MemoryDiagnoser]
public class Answering
{
    private readonly float[] _scores = new float[400];
    private readonly int[] _top = new int[5];
    private readonly byte[] _bytes = new byte[4096];
    private float[] _logits = [];
    private PredictionComposer? _composer;

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        for (var i = 0; i < _scores.Length; i++)
            _scores[i] = random.NextSingle() * 10;
        var package = ModelRepository.Read(BenchServer.Models, out _)[0];
        _logits = _scores[..package.Manifest.Classes];
        _composer = new PredictionComposer(new StreamSettings { CameraId = "a", Model = new ServedModel(package, ExecutionProvider.Cpu, null!), Stride = 4, EveryWindow = false, TopK = 5 });
    }

    [Benchmark]
    public void SoftmaxOf400() => Softmax.Compute(_scores, _scores);

    [Benchmark]
    public int TopFiveOf400() => TopK.Select(_scores, _top);

    [Benchmark]
    public int Reply()
    {
        var message = _composer!.Compose(new Window(0, default, new RingFrame(16, DateTimeOffset.UnixEpoch, true, 0), 0, default), _logits, default(WindowTimes));
        var size = message.CalculateSize();
        message.WriteTo(_bytes.AsSpan(0, size));
        return size;
    }
}
