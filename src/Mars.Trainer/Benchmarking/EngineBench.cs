using Google.Protobuf;
using Mars.Inference.Sessions;
using Mars.Trainer.Export;
using Mars.Trainer.Export.Onnx;
using Mars.Trainer.Quantization;

namespace Mars.Trainer.Benchmarking;

/// <summary>Times every way to run one network, in turn and in one run, so that a machine that slows down slows all of them.</summary>
internal sealed class EngineBench(InferenceNetwork network, int threads, bool profile)
{
    private const int CalibrationClips = 6;

    private static readonly int[] Batches = [2, 4, 8];

    /// <summary>Where the time of each of our graphs goes, if it was asked for: name of the row, operations.</summary>
    public List<(string Name, IReadOnlyList<(string Operation, int Nodes, double Milliseconds)> Operations)> Profiles { get; } = [];

    /// <param name="rounds">Runs of each.</param>
    /// <param name="progress">Told (what, done, all).</param>
    /// <param name="cancellation">Stops between runs.</param>
    public IReadOnlyList<BenchRow> Run(int rounds, Action<string, int, int> progress, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("mars-bench-");
        var owned = new List<IDisposable>();
        try
        {
            var shape = network.Shape;
            var noise = ExportCheck.RandomClips(shape, CalibrationClips).ToArray();
            var fp32 = LoweringSearch.Run(network, (graph, plan) => new Frames2dLayout(graph, shape, plan), (done, all) => progress("fp32 layers timed", done, all), cancellation);
            var int8 = LoweringSearch.Run(
                network, (graph, plan) => new QuantizedLayout(graph, shape, plan, _ => new ActivationRange(0, 1)), (done, all) => progress("int8 layers timed", done, all), cancellation);
            var histograms = Calibration.Run(network, noise, (done, all) => progress("calibration runs", done, all), cancellation);
            var contestants = new List<IContestant>();
            Add("plain3d_fp32", NetworkGraph.Conv3d(network), batches: []);
            if (shape.InputChannels == 3)
            {
                contestants.Add(new LibtorchContestant("libtorch_fp32", shape, "fp32", threads));
                contestants.Add(new LibtorchContestant("libtorch_bf16", shape, "bf16", threads));
            }
            Add("ours_fp32", NetworkGraph.Frames2d(network, fp32), Batches);
            if (shape.InputChannels == 3)
                AddReuse("ours_fp32", new StemParts(network, fp32));
            Add("ours_int8", NetworkGraph.Quantized(network, int8, name => histograms[name].Range("max")), Batches);
            if (shape.InputChannels == 3)
                AddReuse("ours_int8", new StemParts(network, int8, name => histograms[name].Range("max")));
            owned.AddRange(contestants);

            return BenchRow.InTurn(contestants, rounds, (done, all) => progress("rounds", done, all), cancellation);

            void AddReuse(string name, StemParts parts)
            {
                var place = folder.CreateSubdirectory(name).FullName;
                parts.Write(place, StemParts.Strides);
                var session = StemReuseSession.Load(place, shape.Frames, shape.Size, new SessionSettings { MaxBatch = 1, Threads = threads });
                new Random(1).NextBytes(session.Input(0));
                owned.Add(session);
                contestants.AddRange(StemParts.Strides.Select(stride => new ReuseContestant($"{name}_stride{stride}_reuse", session, stride)));
            }

            void Add(string name, ModelProto model, int[] batches)
            {
                var file = Path.Combine(folder.FullName, $"{name}.onnx");
                File.WriteAllBytes(file, model.ToByteArray());
                if (profile)
                    Profiles.Add((name, OperatorProfile.Run(file, threads)));
                var session = OrtClipSession.Load(file, shape.Frames, shape.Size, new SessionSettings { MaxBatch = Math.Max(1, batches.DefaultIfEmpty(1).Max()), Threads = threads });
                session.WarmUp();
                owned.Add(session);
                contestants.Add(new SessionContestant(name, session, 1));
                foreach (var batch in batches)
                    contestants.Add(new SessionContestant($"{name}_batch{batch}", session, batch));
            }
        }
        finally
        {
            owned.Reverse();
            foreach (var item in owned)
                item.Dispose();
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>One way to run the network.</summary>
/// <param name="Name">As ours_int8_batch4.</param>
/// <param name="Batch">Clips of one run.</param>
/// <param name="Milliseconds">A clip, in each round.</param>
internal sealed record BenchRow(string Name, int Batch, IReadOnlyList<double> Milliseconds)
{
    private const double SlowMilliseconds = 5000;

    /// <summary>Runs each contestant once a round, after one round that does not count.</summary>
    /// <param name="contestants">In the order of the rows.</param>
    /// <param name="rounds">That count.</param>
    /// <param name="progress">Told (rounds done, rounds in all).</param>
    /// <param name="cancellation">Stops between runs.</param>
    public static IReadOnlyList<BenchRow> InTurn(IReadOnlyList<IContestant> contestants, int rounds, Action<int, int>? progress, CancellationToken cancellation)
    {
        var times = contestants.Select(_ => new List<double>()).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            for (var i = 0; i < contestants.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                // bfloat16 without the hardware for it takes a hundred times as long: three rounds tell that too.
                if (times[i].Count >= 3 && times[i].Max() * contestants[i].Batch > SlowMilliseconds)
                    continue;
                var took = contestants[i].Run();
                if (round >= 0)
                    times[i].Add(took / contestants[i].Batch);
            }
            progress?.Invoke(round + 1, rounds);
        }
        return [.. contestants.Select((c, i) => new BenchRow(c.Name, c.Batch, times[i]))];
    }

    public double Median => Milliseconds.Order().ElementAt(Milliseconds.Count / 2);

    public double Least => Milliseconds.Min();

    public double Most => Milliseconds.Max();

    /// <summary>How many times as fast this is as another: the median of the rounds' ratios, since both had the same moment of the machine in each.</summary>
    public double Over(BenchRow other)
    {
        var ratios = other.Milliseconds.Zip(Milliseconds, (o, t) => o / t).Order().ToList();
        return ratios[ratios.Count / 2];
    }
}
