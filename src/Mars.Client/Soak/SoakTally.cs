using Mars.Client.Reporting;

namespace Mars.Client.Soak;

/// <summary>Counts over all cameras. Any thread.</summary>
internal sealed class SoakTally
{
    private readonly Lock _gate = new();
    private readonly DelayHistogram _delays = new();
    private readonly Dictionary<string, long> _errors = [];
    private SoakCounts _counts = new();

    public void Change(Func<SoakCounts, SoakCounts> change)
    {
        lock (_gate)
            _counts = change(_counts);
    }

    /// <summary>A window was answered.</summary>
    public void Answered(TimeSpan delay)
    {
        lock (_gate)
        {
            _delays.Add(delay);
            _counts = _counts with { Answered = _counts.Answered + 1 };
        }
    }

    /// <summary>Something that must not happen.</summary>
    public void Error(string reason)
    {
        lock (_gate)
            _errors[reason] = _errors.GetValueOrDefault(reason) + 1;
    }

    public SoakCounts Snapshot()
    {
        lock (_gate)
            return _counts with { Errors = new Dictionary<string, long>(_errors), Delay = DelaySummary.Of(_delays) };
    }
}
