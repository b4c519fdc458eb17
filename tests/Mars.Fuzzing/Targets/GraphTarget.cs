using Google.Protobuf;
using Mars.Inference.Sessions;
using Mars.Trainer.Export;
using Mars.Trainer.Networks;

namespace Mars.Fuzzing.Targets;

/// <summary>A package's graph whose hash is right: somebody has made a bad one on purpose.</summary>
internal sealed class GraphTarget : IFuzzTarget
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"mars-fuzz-{Environment.ProcessId}.onnx");

    public GraphTarget()
    {
        using var network = new ResNeXt3D(NetworkShape.Create(14, "narrow", 5) with { Size = 32 });
        // The weights are most of the bytes, and none of the structure.
        var model = NetworkGraph.Conv3d(InferenceNetwork.From(network));
        Samples = [model.ToByteArray()];
    }

    public IReadOnlyList<byte[]> Samples { get; }

    public bool Refuses(byte[] input)
    {
        File.WriteAllBytes(_file, input);
        try
        {
            using var session = OrtClipSession.Load(_file, 16, 32, new SessionSettings { MaxBatch = 1, Threads = 1 });
            session.Run(1);
            return false;
        }
        catch (Exception exception) when (exception is InvalidDataException || exception.GetType().Name == "OnnxRuntimeException")
        {
            return true;
        }
    }

    public void Dispose() => File.Delete(_file);
}
