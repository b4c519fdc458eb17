using System.CommandLine;
using System.Globalization;
using Mars.Client.Load;
using Mars.V1;

namespace Mars.Client.Commands;

/// <summary>The options of `mars bench load`.</summary>
internal sealed class BenchLoadOptions
{
    private readonly Option<int> _cameras = new("--cameras") { Description = "Cameras that send; with --find-capacity those of the first step.", HelpName = "N", DefaultValueFactory = _ => 4 };

    private readonly Option<double> _fps = new("--fps") { Description = "Frames a second of each camera.", HelpName = "F", DefaultValueFactory = _ => 25 };

    private readonly Option<string> _model = new("--model") { Description = "Model or ensemble; the server's default otherwise.", HelpName = "NAME", DefaultValueFactory = _ => "" };

    private readonly Option<int> _stride = new("--stride") { Description = "Frames, at the model's rate, between windows; 0 is the server's default.", HelpName = "N" };

    private readonly Option<string> _mode = new("--mode") { Description = "live: the newest window wins. every: none is left out.", HelpName = "live|every", DefaultValueFactory = _ => "live" };

    private readonly Option<double> _jitter = new("--jitter") { Description = "Frames are handed over up to this many milliseconds late, at random.", HelpName = "MS" };

    private readonly Option<string?> _bursts = new("--bursts") { Description = "Every S seconds the network holds all frames for MS milliseconds and lets them go together.", HelpName = "S:MS" };

    private readonly Option<double> _disconnects = new("--disconnects") { Description = "How often each camera cuts its connection and comes back, at random, a minute.", HelpName = "RATE" };

    private readonly Option<TimeSpan> _duration = DurationOption.Create("--duration", "What is counted.", TimeSpan.FromSeconds(30));

    private readonly Option<TimeSpan> _ramp = DurationOption.Create("--ramp", "The cameras connect one after the other over this time.", TimeSpan.FromSeconds(5));

    private readonly Option<int> _idle = new("--idle") { Description = "Further cameras that are connected and send nothing.", HelpName = "N" };

    private readonly Option<int?> _perConnection = new("--cameras-per-connection") { Description = "Cameras that share an HTTP/2 connection (1 to 100); 50 in live mode, 1 otherwise.", HelpName = "N" };

    private readonly Option<bool> _find = new("--find-capacity") { Description = "Search for the most cameras that are answered in time: doubling, then bisecting." };

    private readonly Option<TimeSpan> _limit = DurationOption.Create("--p99", "In time: 99 of 100 windows, from capture to decision.", TimeSpan.FromMilliseconds(500));

    private readonly Option<TimeSpan> _stepTime = DurationOption.Create("--step", "What is counted of each step of the search.", TimeSpan.FromSeconds(10));

    private readonly Option<double?> _times = new("--times-capacity") { Description = "After the search, play this many times the capacity for --duration.", HelpName = "X" };

    public Option<string?> Picture { get; } = new("--png") { Description = "Draw delay and the server's memory over time into this file.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_cameras, _fps, _model, _stride, _mode, _jitter, _bursts, _disconnects, _duration, _ramp, _idle, _perConnection, _find, _limit, _stepTime, _times, Picture])
            command.Add(option);
        _mode.AcceptOnlyFromAmong("live", "every");
        Between(_cameras, 1, 100_000);
        Between(_fps, 0.1, 1000);
        Between(_stride, 0, 250);
        Between(_jitter, 0, 60_000);
        Between(_disconnects, 0, 600);
        Between(_idle, 0, 100_000);
        Between(_perConnection, 1, 100);
        Between(_times, 0.01, 1000);
        _bursts.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !TryReadBursts(text, out _, out _))
                result.AddError($"--bursts: '{text}' is not S:MS, as in 10:800 (every 10 seconds, 800 ms long)");
        });
        _duration.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && DurationOption.TryParse(token.Value, out var time) && time < TimeSpan.FromSeconds(1))
                result.AddError("--duration must be a second or more");
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(_times) is not null && !result.GetValue(_find))
                result.AddError("--times-capacity goes with --find-capacity");
        });
    }

    public bool FindsCapacity(ParseResult parsed) => parsed.GetValue(_find);

    public TimeSpan Limit(ParseResult parsed) => parsed.GetValue(_limit);

    public string Model(ParseResult parsed) => parsed.GetRequiredValue(_model);

    /// <summary>A step of the search, of the cameras that it begins with.</summary>
    public LoadOptions Step(ParseResult parsed) => Read(parsed) with { Duration = parsed.GetValue(_stepTime) };

    /// <summary>The run itself.</summary>
    /// <returns>Null when the search is all that was asked for.</returns>
    public LoadOptions? Load(ParseResult parsed, int? capacity)
    {
        var load = Read(parsed);
        if (capacity is not { } found)
            return load;
        return parsed.GetValue(_times) is { } times ? load with { Cameras = Math.Max(1, (int)Math.Round(times * found)) } : null;
    }

    private LoadOptions Read(ParseResult parsed)
    {
        _ = TryReadBursts(parsed.GetValue(_bursts) ?? "", out var every, out var hold);
        return new LoadOptions
        {
            Cameras = parsed.GetValue(_cameras),
            Idle = parsed.GetValue(_idle),
            FrameRate = parsed.GetValue(_fps),
            Model = Model(parsed),
            Stride = parsed.GetValue(_stride),
            Mode = parsed.GetRequiredValue(_mode) == "every" ? DeliveryMode.EveryWindow : DeliveryMode.Live,
            Jitter = TimeSpan.FromMilliseconds(parsed.GetValue(_jitter)),
            BurstEvery = every,
            BurstHold = hold,
            CutsPerMinute = parsed.GetValue(_disconnects),
            Duration = parsed.GetValue(_duration),
            Ramp = parsed.GetValue(_ramp),
            CamerasPerConnection = parsed.GetValue(_perConnection),
        };
    }

    private static bool TryReadBursts(string text, out TimeSpan every, out TimeSpan hold)
    {
        (every, hold) = (default, default);
        if (text.Split(':') is not [var seconds, var milliseconds]
            || !double.TryParse(seconds, CultureInfo.InvariantCulture, out var s) || !double.TryParse(milliseconds, CultureInfo.InvariantCulture, out var ms)
            || !(s > 0 && ms > 0 && ms < s * 1000 && s < 1e6))
        {
            return false;
        }
        (every, hold) = (TimeSpan.FromSeconds(s), TimeSpan.FromMilliseconds(ms));
        return true;
    }

    private static void Between<T>(Option<T> option, double least, double most) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<T>() is { } value && Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number && !(number >= least && number <= most))
            result.AddError($"{option.Name} must be between {least} and {most}");
    });
}
