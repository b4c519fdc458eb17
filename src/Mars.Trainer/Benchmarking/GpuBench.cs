using Google.Protobuf;
using Mars.Inference.Sessions;
using Mars.Trainer.Export;
using Mars.Trainer.Export.Onnx;

namespace Mars.Trainer.Benchmarking;

/// <summary>Times the ways to run one network on an NVIDIA GPU, in turn: as 3D convolutions and as 2D ones over frames, in 32 and 16 bits, with CUDA graphs and without.</summary>
internal sealed class GpuBench(InferenceNetwork network, ExecutionProvider provider)
{
    private static readonly int[] Batches = [1, 2, 4, 8];

    /// <param name="rounds">Runs of each.</param>
    /// <param name="progress">Told (what, done, all).</param>
    /// <param name="cancellation">Stops between runs.</param>
    /// <exception cref="ProviderUnavailableException">The provider cannot run here.</exception>
    public IReadOnlyList<BenchRow> Run(int rounds, Action<string, int, int> progress, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("mars-bench-");
        var sessions = new List<OrtClipSession>();
        try
        {
            var shape = network.Shape;
            var plan = LoweringSearch.Run(network, (graph, p) => new Frames2dLayout(graph, shape, p), (done, all) => progress("layers timed", done, all), cancellation);
            var contestants = new List<IContestant>();
            foreach (var half in new[] { false, true })
            {
                Add(half ? "3d_fp16" : "3d_fp32", NetworkGraph.Conv3d(network, half), half);
                Add(half ? "2d_fp16" : "2d_fp32", NetworkGraph.Frames2d(network, plan, half), half);
            }
            return BenchRow.InTurn(contestants, rounds, (done, all) => progress("rounds", done, all), cancellation);

            void Add(string name, ModelProto model, bool half)
            {
                var file = Path.Combine(folder.FullName, $"{name}.onnx");
                File.WriteAllBytes(file, model.ToByteArray());
                foreach (var cudaGraphs in provider == ExecutionProvider.Cuda ? new[] { true, false } : [false])
                {
                    var settings = new SessionSettings { Provider = provider, MaxBatch = Batches.Max(), HalfPrecision = half, CudaGraphs = cudaGraphs };
                    var session = OrtClipSession.Load(file, shape.Frames, shape.Size, settings);
                    sessions.Add(session);
                    if (cudaGraphs && !session.UsesCudaGraphs)
                        continue; // some operation has no CUDA kernel: what runs is what the other setting runs
                    progress($"warming up {name}", 1, 1);
                    session.WarmUp();
                    foreach (var batch in Batches)
                        contestants.Add(new SessionContestant($"{name}_batch{batch}{(cudaGraphs ? "_graph" : string.Empty)}", session, batch));
                }
            }
        }
        finally
        {
            foreach (var session in sessions)
                session.Dispose();
            folder.Delete(recursive: true);
        }
    }
}
