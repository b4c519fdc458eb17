using System.Text.Json;
using Mars.Inference.Sessions;

namespace Mars.Trainer.Benchmarking;

/// <summary>Where the time of a graph goes, by kind of operation, as ONNX Runtime's own profiler sees it (which slows it down a little).</summary>
internal static class OperatorProfile
{
    private const int Runs = 10;

    /// <param name="graph">Path of the ONNX file; its input is uint8.</param>
    /// <param name="threads">Of a run.</param>
    /// <returns>Operation, nodes of it, milliseconds of a run; the most expensive first.</returns>
    public static IReadOnlyList<(string Operation, int Nodes, double Milliseconds)> Run(string graph, int threads)
    {
        var folder = Directory.CreateTempSubdirectory("mars-profile-");
        try
        {
            string written;
            using (var session = OrtGraph.Load(File.ReadAllBytes(graph), threads, Path.Combine(folder.FullName, "profile")))
            {
                var bytes = new byte[session.InputLength];
                new Random(1).NextBytes(bytes);
                for (var i = 0; i < Runs; i++)
                    session.Run(bytes);
                written = session.EndProfiling();
            }
            using var events = JsonDocument.Parse(File.ReadAllBytes(written));
            return [.. events.RootElement.EnumerateArray()
                .Where(e => e.GetProperty("name").GetString()!.EndsWith("_kernel_time", StringComparison.Ordinal))
                .GroupBy(e => e.GetProperty("args").GetProperty("op_name").GetString()!)
                .Select(g => (g.Key, g.Count() / Runs, g.Sum(e => e.GetProperty("dur").GetDouble()) / 1000 / Runs))
                .OrderByDescending(g => g.Item3)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
