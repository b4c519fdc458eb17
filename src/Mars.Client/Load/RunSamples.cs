using Mars.Client.Reporting;

namespace Mars.Client.Load;

/// <summary>What is measured once a second of a run: delays, and what server and tool use.</summary>
internal sealed class RunSamples
{
    private const double Megabyte = 1 << 20;

    private readonly LoadTarget _target;
    private readonly LoadClock _clock;
    private readonly LoadOptions _options;
    private readonly List<LoadSample> _samples = [];
    private readonly double? _startMb;
    private TimeSpan? _serverBefore;
    private TimeSpan _toolBefore;
    private TimeSpan? _serverCpu;
    private TimeSpan _toolCpu;
    private bool _counting;

    public RunSamples(LoadTarget target, LoadClock clock, LoadOptions options)
    {
        _target = target;
        _clock = clock;
        _options = options;
        _startMb = Megabytes(target.Measure());
    }

    /// <summary>Takes a second's sample.</summary>
    public LoadSample Take(LoadTally tally)
    {
        var second = tally.TakeSecond();
        var use = _target.Measure();
        var tool = Environment.CpuUsage.TotalTime;
        if (!_counting && _clock.Elapsed >= _options.CountFrom)
        {
            _counting = true;
            (_serverBefore, _toolBefore) = (use?.Processor, tool);
        }
        if (_counting)
            (_serverCpu, _toolCpu) = (use?.Processor - _serverBefore, tool - _toolBefore);
        var sample = new LoadSample(Math.Round(_clock.Elapsed.TotalSeconds, 2), second.Count, DelaySummary.Of(second), Megabytes(use));
        _samples.Add(sample);
        return sample;
    }

    public LoadResult Result(LoadCounts counts)
    {
        var memory = _samples.Where(s => s.ServerMb is not null).ToList();
        return new LoadResult
        {
            Options = _options,
            Counts = counts,
            Server = _startMb is { } start && memory.Count > 0
                ? new ServerUse(
                    Math.Round(_serverCpu?.TotalSeconds ?? 0, 2), start, memory.FirstOrDefault(s => s.Seconds >= 60)?.ServerMb, memory[^1].ServerMb!.Value, memory.Max(s => s.ServerMb!.Value))
                : null,
            ToolCpuSeconds = Math.Round(_toolCpu.TotalSeconds, 2),
            Timeline = _samples,
        };
    }

    private static double? Megabytes(ProcessUse? use) => use is { } u ? Math.Round(u.Memory / Megabyte, 1) : null;
}
