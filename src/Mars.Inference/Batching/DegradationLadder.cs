namespace Mars.Inference.Batching;

/// <summary>
/// What a model does when it is too slow for its live cameras, step by step: 1, their strides are doubled; 2, quadrupled; 3, new streams are refused too. It goes up
/// when too many live windows of the last seconds were left without an answer, and down when even twice the load would fit. Thread-safe.
/// </summary>
public sealed class DegradationLadder
{
    /// <summary>The last step.</summary>
    public const int Refusing = 3;

    private const int UpAfter = 3; // bad seconds in a row
    private const int DownAfter = 5; // good seconds in a row
    private const double Bad = 0.9; // share of live windows that is answered
    private const double Good = 0.97;
    private const double HalfIdle = 0.45; // one step down doubles the load
    private const double AlmostIdle = 0.8; // new streams are let in one at a time
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly int _highest;
    private readonly Func<double> _load;
    private readonly Lock _lock = new();
    private long _since;
    private int _answered;
    private int _missed;
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

    /// <summary>0 (all is well) to <see cref="Refusing"/>.</summary>
    public int Step
    {
        get
        {
            Look();
            return _step;
        }
    }

    /// <summary>By what the strides of live streams are multiplied: 1, 2 or 4.</summary>
    public int StrideFactor => 1 << Math.Min(_step, 2);

    /// <summary>A live window has ended.</summary>
    /// <param name="answered">With an answer.</param>
    public void Ended(bool answered)
    {
        lock (_lock)
        {
            if (answered)
                _answered++;
            else
                _missed++;
        }
        Look();
    }

    private void Look()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (_time.GetElapsedTime(_since, now) < Interval)
                return;
            // A pause without windows is as many good seconds as it lasted.
            var seconds = (int)Math.Min(DownAfter, _time.GetElapsedTime(_since, now) / Interval);
            _since = now;
            Judge(_answered + _missed == 0 ? 1 : (double)_answered / (_answered + _missed), seconds);
            (_answered, _missed) = (0, 0);
        }
    }

    private void Judge(double coverage, int seconds)
    {
        _bad = coverage < Bad ? _bad + 1 : 0;
        _good = coverage >= Good && _load() < (_step == Refusing ? AlmostIdle : HalfIdle) ? _good + seconds : 0;
        if (_bad >= UpAfter && _step < _highest)
        {
            _step++;
            _bad = 0;
        }
        else if (_good >= DownAfter && _step > 0)
        {
            _step--;
            _good = 0;
        }
    }
}
