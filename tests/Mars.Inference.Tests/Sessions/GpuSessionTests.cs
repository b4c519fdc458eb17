using Mars.Inference.Models;
using Mars.Inference.Sessions;
using Mars.TestSupport;

namespace Mars.Inference.Tests.Sessions;

/// <summary>
/// What is known to go wrong on GPUs. Skipped where there is none; with MARS_REQUIRE_GPU=cuda (or cuda,tensorrt), as deploy/gpu-check.sh says, a provider that does not
/// start is a failure.
/// </summary>
public sealed class GpuSessionTests
{
    private const int MaxBatch = 6; // sizes 1, 2, 4 and 6

    private static readonly ModelPackage Package = ModelRepository.Read(Path.Combine(SharedData.Root, "models"), out _)[0];

    // microsoft/onnxruntime#22583: with CUDA graphs every run after the warm-up gave the warm-up's answers. And what a binding copies when bound it copies once.
    // Several batches of every size, so that a replayed graph, a padded batch and a stale buffer would each be seen.
    [Theory]
    [InlineData(ExecutionProvider.Cuda, true)]
    [InlineData(ExecutionProvider.Cuda, false)]
    [InlineData(ExecutionProvider.TensorRt, false)]
    public void Run_AfterWarmUp_AnswersEachNewBatch(ExecutionProvider provider, bool cudaGraphs)
    {
        using var session = LoadOrSkip(new SessionSettings { Provider = provider, MaxBatch = MaxBatch, CudaGraphs = cudaGraphs });
        using var reference = Load(new SessionSettings { MaxBatch = 1 });
        Assert.Equal(cudaGraphs, session.UsesCudaGraphs);
        session.WarmUp();
        var random = new Random(1);
        for (var round = 0; round < 3; round++)
        {
            for (var batch = 1; batch <= MaxBatch; batch++)
            {
                for (var i = 0; i < batch; i++)
                    random.NextBytes(session.Input(i));
                session.Run(batch);
                for (var i = 0; i < batch; i++)
                {
                    session.Input(i).CopyTo(reference.Input(0));
                    reference.Run(1);
                    AssertNear(reference.Logits(0).ToArray(), session.Logits(i).ToArray(), $"round {round}, clip {i} of {batch}");
                    AssertNear(reference.Features(0).ToArray(), session.Features(i).ToArray(), $"features, round {round}, clip {i} of {batch}");
                }
            }
        }
    }

    [Fact]
    public void Run_Warm_AllocatesNothing()
    {
        using var session = LoadOrSkip(new SessionSettings { Provider = ExecutionProvider.Cuda, MaxBatch = 2 });
        session.WarmUp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
            session.Run(1 + (i % 2));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // The search that falls back to a kernel ~50 times as slow (PaddleOCR#17970) would show as a GPU slower than the cores beside it.
    [Fact]
    public void Run_Warm_IsFasterThanTheCpu()
    {
        using var session = LoadOrSkip(new SessionSettings { Provider = ExecutionProvider.Cuda, MaxBatch = 4 });
        using var reference = Load(new SessionSettings { MaxBatch = 4 });
        Assert.InRange(Milliseconds(session, 4), 0, Milliseconds(reference, 4));
    }

    private static double Milliseconds(OrtClipSession session, int batch)
    {
        session.WarmUp();
        var times = new List<double>();
        for (var i = 0; i < 15; i++)
        {
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            session.Run(batch);
            times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return times.Order().ElementAt(times.Count / 2);
    }

    // A GPU multiplies in TF32, whose mantissa has 10 bits.
    private static void AssertNear(float[] expected, float[] actual, string what)
    {
        var largest = expected.Max(Math.Abs);
        var worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        Assert.True(worst <= 0.01 * largest, $"{what}: differs by {worst} of {largest}");
    }

    private static OrtClipSession LoadOrSkip(SessionSettings settings)
    {
        var required = (Environment.GetEnvironmentVariable("MARS_REQUIRE_GPU") ?? string.Empty).Split(',');
        try
        {
            return Load(settings);
        }
        catch (ProviderUnavailableException exception) when (!required.Contains(settings.Provider.ToString(), StringComparer.OrdinalIgnoreCase))
        {
            Assert.Skip($"no GPU for this test: {exception.Message}");
            throw;
        }
    }

    private static OrtClipSession Load(SessionSettings settings) => OrtClipSession.Load(Package.Graph, Package.Manifest.ClipLength, Package.Manifest.Size, settings);
}
