using KServe.V2;

namespace Mars.Server.KServe;

/// <summary>What ModelStatistics says of one version of a model: its ModelInfer calls since the server started.</summary>
internal sealed class InferCounts
{
    private readonly Lock _lock = new();
    private readonly StatisticDuration _success = new();
    private readonly StatisticDuration _fail = new();
    private readonly StatisticDuration _queue = new();
    private readonly StatisticDuration _input = new();
    private readonly StatisticDuration _infer = new();
    private readonly StatisticDuration _output = new();
    private ulong _clips;
    private double _runs;
    private DateTimeOffset? _last;

    public void Succeeded(int clips, ClipBatch batch, TimeSpan input, TimeSpan output, TimeSpan all, DateTimeOffset now)
    {
        lock (_lock)
        {
            Add(_success, all);
            Add(_queue, batch.Queue);
            Add(_input, input);
            Add(_infer, batch.Inference);
            Add(_output, output);
            _clips += (ulong)clips;
            _runs += batch.Runs;
            _last = now;
        }
    }

    public void Failed(TimeSpan all)
    {
        lock (_lock)
            Add(_fail, all);
    }

    public ModelStatistics ToMessage(string name, string version)
    {
        lock (_lock)
        {
            return new ModelStatistics
            {
                Name = name,
                Version = version,
                LastInference = _last is { } last ? (ulong)last.ToUnixTimeMilliseconds() : 0,
                InferenceCount = _clips,
                ExecutionCount = (ulong)Math.Ceiling(_runs - 1e-6),
                InferenceStats = new InferStatistics
                {
                    Success = _success.Clone(),
                    Fail = _fail.Clone(),
                    Queue = _queue.Clone(),
                    ComputeInput = _input.Clone(),
                    ComputeInfer = _infer.Clone(),
                    ComputeOutput = _output.Clone(),
                },
            };
        }
    }

    private static void Add(StatisticDuration sum, TimeSpan time)
    {
        sum.Count++;
        sum.Ns += (ulong)time.TotalNanoseconds;
    }
}
