using Mars.Inference.Postprocessing;
using Mars.Inference.Serving;
using Mars.Inference.Windowing;
using Mars.Server.Configuration;
using Mars.Server.Errors;
using Mars.Server.Security;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>What a camera asked for when it opened its stream, checked and filled up with the defaults.</summary>
internal sealed record StreamSettings
{
    private const int DefaultTopK = 5;
    private const int MaxCameraId = 200;
    private const ulong MaxTick = 1ul << 48;

    public required string CameraId { get; init; }

    /// <summary>What the asked-for name meant when the stream was opened.</summary>
    public required ServedModel Model { get; init; }

    /// <summary>The name, if the stream goes on with whatever it means next; null for one version.</summary>
    public string? Follows { get; init; }

    public required int Stride { get; init; }

    public required bool EveryWindow { get; init; }

    public required int TopK { get; init; }

    public double MinScore { get; init; }

    public ulong ResumeAfter { get; init; }

    public RunPosition? ResumeFrom { get; init; }

    public EventSettings? Events { get; init; }

    /// <summary>The camera asked for its events; otherwise they are the server's own, for watchers and sinks.</summary>
    public bool TellsEvents { get; init; }

    /// <summary>Labels that make events; empty means all.</summary>
    public IReadOnlyCollection<string> EventLabels { get; init; } = [];

    /// <summary>Live: an older window is not run any more; null means the server's.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>How many times as often as another it is served when there is not enough for all.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>What its caller may still use.</summary>
    public CallerBudget Budget { get; init; } = CallerBudget.Unlimited;

    /// <summary>Reads the first message of a stream.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation, or NOT_FOUND for the model.</exception>
    public static StreamSettings Read(OpenStream open, ModelCatalog models, StreamOptions options)
    {
        var faults = new List<(string, string)>();
        if (open.CameraId.Length is 0 or > MaxCameraId)
            faults.Add(("open.camera_id", $"must have 1 to {MaxCameraId} characters"));
        if (open.Stride > options.MaxStride)
            faults.Add(("open.stride", $"must be at most {options.MaxStride} frames"));
        if (open.MinScore is not (>= 0 and <= 1))
            faults.Add(("open.min_score", "must be between 0 and 1"));
        if (!System.Enum.IsDefined(open.Mode))
            faults.Add(("open.mode", "is not a delivery mode"));
        if (open.Deadline is not null && Time(open.Deadline) <= TimeSpan.Zero)
            faults.Add(("open.deadline", "must be a duration of more than 0"));
        if (open.Events is not null)
            faults.AddRange(Faults(open.Events));
        if (faults.Count > 0)
            throw RpcErrors.Invalid(faults);

        var model = models.Find(open.Model) ?? throw RpcErrors.ModelNotFound(open.Model, models.Names);
        return new StreamSettings
        {
            CameraId = open.CameraId,
            Model = model,
            Follows = models.IsFollowed(open.Model) ? open.Model : null,
            Stride = open.Stride == 0 ? options.DefaultStride : (int)open.Stride,
            EveryWindow = open.Mode == DeliveryMode.EveryWindow,
            TopK = ClampTopK(open.TopK, model),
            MinScore = open.MinScore,
            ResumeAfter = open.ResumeAfter,
            ResumeFrom = Position(open.ResumePosition),
            Events = open.Events is null ? options.Events.ToSettings() : ToSettings(open.Events),
            TellsEvents = open.Events is not null,
            EventLabels = open.Events is null ? options.Events.Labels : Labels(open.Events, model.Package.Labels),
            Deadline = open.Deadline is null ? null : Time(open.Deadline),
            Weight = options.WeightOf(open.CameraId),
        };
    }

    /// <summary>0 means 5; never more than there are classes.</summary>
    public static int ClampTopK(uint wanted, ServedModel model) =>
        (int)Math.Min(wanted == 0 ? DefaultTopK : wanted, (uint)model.Package.Labels.Count);

    private static IEnumerable<(string, string)> Faults(EventOptions events)
    {
        var settings = ToSettings(events);
        if (settings.EnterScore is not (> 0 and <= 1))
            yield return ("open.events.enter_score", "must be between 0 and 1");
        if (!(settings.ExitScore >= 0 && settings.ExitScore <= settings.EnterScore))
            yield return ("open.events.exit_score", "must be between 0 and enter_score");
        if (settings.Smoothing is not (>= 0 and < 1))
            yield return ("open.events.smoothing", "must be at least 0 and below 1");
        if (settings.MinDuration < TimeSpan.Zero)
            yield return ("open.events.min_duration", "must be a duration of 0 or more");
        if (settings.EndDelay < TimeSpan.Zero)
            yield return ("open.events.end_delay", "must be a duration of 0 or more");
    }

    private static EventSettings ToSettings(EventOptions events)
    {
        var defaults = new EventSettings();
        var enter = events.EnterScore == 0 ? defaults.EnterScore : events.EnterScore;
        return new EventSettings
        {
            EnterScore = enter,
            ExitScore = events.ExitScore == 0 ? Math.Min(defaults.ExitScore, enter) : events.ExitScore,
            Smoothing = events.Smoothing == 0 ? defaults.Smoothing : events.Smoothing,
            MinDuration = Time(events.MinDuration),
            EndDelay = Time(events.EndDelay),
        };
    }

    // A Duration out of protobuf's range throws when it is converted; it becomes a negative one here, which is refused with the others.
    private static TimeSpan Time(Google.Protobuf.WellKnownTypes.Duration? duration)
    {
        if (duration is null)
            return TimeSpan.Zero;
        return Math.Abs(duration.Seconds) > 86_400 || Math.Abs(duration.Nanos) > 999_999_999 ? TimeSpan.MinValue : TimeSpan.FromTicks((duration.Seconds * TimeSpan.TicksPerSecond) + (duration.Nanos / 100));
    }

    // One that no server has given out says nothing.
    private static RunPosition? Position(WindowPosition? position) =>
        position?.Start is { } start && position.Tick <= MaxTick && FrameClock.TryRead(start, out var time) ? new RunPosition(time, (long)position.Tick) : null;

    private static HashSet<string> Labels(EventOptions events, IReadOnlyList<string> labels)
    {
        var unknown = events.Labels.FirstOrDefault(l => !labels.Contains(l));
        return unknown is null ? [.. events.Labels] : throw RpcErrors.Invalid("open.events.labels", $"'{unknown}' is not a label of the model");
    }
}
