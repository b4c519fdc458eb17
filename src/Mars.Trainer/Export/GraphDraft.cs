using Google.Protobuf;
using Mars.Trainer.Export.Onnx;

namespace Mars.Trainer.Export;

/// <summary>A graph as a file that ONNX Runtime can load, until it is in a package or was found wrong.</summary>
internal sealed class GraphDraft : IDisposable
{
    /// <param name="graph">Written to a temporary file.</param>
    public GraphDraft(ModelProto graph)
    {
        try
        {
            using var file = File.Create(Path);
            graph.WriteTo(file);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Of the file.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"mars-{Guid.NewGuid():N}.onnx");

    public void Dispose() => File.Delete(Path);
}
