namespace Mars.Inference.Batching;

/// <summary>
/// What a model does when it is too slow for its live cameras, step by step: 1 to 4, their strides are doubled, up to 16 times, and frames between their windows are not
/// even decoded; 5, new streams are refused too; 6 and 7, the strides of those that are there are doubled twice more. It goes up when too many live windows of the last
/// seconds were left without an answer, or frames without a decoder (at once, when it is many), and down when even twice the load would fit. Thread-safe.
/// </summary>
public sealed class DegradationLadder
{
    /// <summary>From this step on new streams are refused.</summary>
    public const int Refusing = 5;

    /// <summary>The last step.</summary>
    public const int Last = 7;

    private const int UpAfter = 3; // bad seconds in a row
    private const int DownAfter = 5; // good seconds in a row
    private const double Bad = 0.9; // share of live windows that is answered
    private const double Urgent = 0.5;
    private const int Many = 50; // windows or frames of a second
    private const double Good = 0.97;
    private const double Late = 0.05; // share of frames that waited too long for a decoder
    private const double UrgentLate = 0.25;
    private const double HalfIdle = 0.45; // one step down doubles the load
    private const double AlmostIdle = 0.8; // new streams are let in one at a time
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.5); // after a step up; what came before it is still on its way then

    private readonly TimeProvider _time;
    private readonly int _highest;
    private readonly Func<double> _load;
    private readonly Lock _lock = new();
    private long _since;
    private int _answered;
    private int _missed;
    private int _taken;
    private int _late;
    private int _bad;
    private int _good;
    private volatile int _step;

    /// <param name="time">The clock.</param>
    /// <param name="highest">The highest step that may be taken.</param>
    /// <param name="load">The model's, from 0 to 1.</param>
    public DegradationLadder(TimeProvider time, int highest, Func<double> load)
    {
        (_time, _highest, _load) = (time, highest, load);
        _since = time.GetTimestamp();
    }

    /// <summary>0 (all is well) to <see cref="Last"/>.</summary>
    public int Step
    {
        get
        {
            lock (_lock)
                Look(_time.GetTimestamp());
            return _step;
        }
    }

    /// <summary>By what the strides of live streams are multiplied: 1 to 64.</summary>
    public int StrideFactor => 1 << (_step < Refusing ? _step : _step - 1);

    /// <summary>A live window has ended.</summary>
    /// <param name="answered">With an answer.</param>
    public void Ended(bool answered) => Count(ref answered ? ref _answered : ref _missed);

    /// <summary>A frame of a live camera is on its way to its window.</summary>
    public void FrameTaken() => Count(ref _taken);

    /// <summary>A frame of a live camera was left out because it waited for too long.</summary>
    public void FrameLate() => Count(ref _late);

    private void Count(ref int counter)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            Look(now);
            if (now >= _since)
                counter++;
        }
    }

    private void Look(long now)
    {
        var elapsed = _time.GetElapsedTime(_since, now);
        if (elapsed < Interval)
            return;
        // A pause without windows is as many good seconds as it lasted.
        var seconds = (int)Math.Min(DownAfter, elapsed / Interval);
        var (coverage, lateness) = (Share(_answered, _missed, nothing: 1), Share(_late, _taken, nothing: 0));
        // One camera's hiccup is waited out; many cameras that wait together are not.
        var urgent = (coverage < Urgent && _missed >= Many) || (lateness > UrgentLate && _late >= Many);
        (_answered, _missed, _taken, _late, _since) = (0, 0, 0, 0, now);
        Judge(coverage, lateness, urgent, seconds);
    }

    private static double Share(int part, int rest, double nothing) => part + rest == 0 ? nothing : (double)part / (part + rest);

    private void Judge(double coverage, double late, bool urgent, int seconds)
    {
        _bad = coverage < Bad || late > Late ? _bad + (urgent ? UpAfter : 1) : 0;
        _good = coverage >= Good && late == 0 && _load() < (_step == Refusing ? AlmostIdle : HalfIdle) ? _good + seconds : 0;
        if (_bad >= UpAfter && _step < _highest)
        {
            _step++;
            _bad = 0;
            _since += (long)(Settling.TotalSeconds * _time.TimestampFrequency);
        }
        else if (_good >= DownAfter && _step > 0)
        {
            _step--;
            _good = 0;
        }
    }
}
