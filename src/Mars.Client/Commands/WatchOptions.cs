using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Mars.Client.Sources;
using Mars.V1;

namespace Mars.Client.Commands;

/// <summary>The options of `mars watch`.</summary>
internal sealed class WatchOptions
{
    public Argument<string> Source { get; } = new("SOURCE")
    {
        Description = "A video file, a folder of pictures, rtsp://…, http(s)://… (MJPEG, snapshots), /dev/videoN, or synthetic: for a rendered camera without end (synthetic:1, synthetic:2, …: others).",
    };

    public Option<Uri> Server { get; } = ServerOption.Create();

    public CredentialOptions Credentials { get; } = new();

    public CaptureArguments Capture { get; } = new();

    public Option<string?> Camera { get; } = new("--camera") { Description = "Id of the camera; otherwise made from the source's name or whole address.", HelpName = "ID" };

    public Option<string> Model { get; } = new("--model") { Description = "Model or ensemble; the server's default otherwise.", HelpName = "NAME", DefaultValueFactory = _ => "" };

    public Option<int> Stride { get; } = new("--stride") { Description = "Frames, at the model's rate, between windows; 0 is the server's default.", HelpName = "N" };

    public Option<string?> Mode { get; } = new("--mode")
    {
        Description = "live: the newest window wins. every-window: none is left out, and the sender is slowed down. Without this option: live, and every-window with --fast.",
        HelpName = "live|every-window",
    };

    public Option<bool> Fast { get; } = new("--fast") { Description = "Send a file's frames as fast as they are taken, not at their own pace. The delay is measured from sending, then." };

    public Option<int> TopK { get; } = new("--top-k") { Description = "Labels of a prediction.", HelpName = "N", DefaultValueFactory = _ => 5 };

    public Option<double> MinScore { get; } = new("--min-score") { Description = "Leave out labels scored below it.", HelpName = "S" };

    public Option<bool> NoEvents { get; } = new("--no-events") { Description = "Predictions only." };

    public Option<double> EnterScore { get; } = new("--enter-score") { Description = "Smoothed score at which an action begins; 0 is the server's default (0.6).", HelpName = "S" };

    public Option<double> ExitScore { get; } = new("--exit-score") { Description = "Smoothed score below which it ends; 0 is the server's default (0.4).", HelpName = "S" };

    public Option<double> Smoothing { get; } = new("--smoothing") { Description = "Weight of the past in the moving average; 0 is the server's default (0.5).", HelpName = "W" };

    public Option<double> MinDuration { get; } = new("--min-duration") { Description = "Seconds that an action must last to be told.", HelpName = "S" };

    public Option<double> EndDelay { get; } = new("--end-delay") { Description = "Seconds that its score must stay low before it ends.", HelpName = "S" };

    public Option<string[]> Labels { get; } = new("--labels") { Description = "Events of these actions only.", HelpName = "LABEL", AllowMultipleArgumentsPerToken = true };

    public Option<double> FrameRate { get; } = new("--fps") { Description = "Frames per second of a folder of pictures; requests per second to a camera that gives one picture a request.", HelpName = "F", DefaultValueFactory = _ => 25 };

    public Option<bool> FullSize { get; } = new("--full-size") { Description = "Send frames as large as they come, not with their short side shrunk to 256." };

    public Option<bool> Raw { get; } = new("--raw") { Description = "Send pixels (BGR24), not JPEG." };

    public Option<bool> Json { get; } = new("--json") { Description = "One JSON object a line, and nothing else, on standard output." };

    public void AddTo(Command command)
    {
        command.Add(Source);
        System.CommandLine.Option[] options =
        [
            Server, Camera, Model, Stride, Mode, Fast, TopK, MinScore, NoEvents, EnterScore, ExitScore, Smoothing, MinDuration, EndDelay, Labels, FrameRate, FullSize, Raw, Json,
        ];
        foreach (var option in options)
            command.Add(option);
        Capture.AddTo(command);
        Credentials.AddTo(command);
        Mode.AcceptOnlyFromAmong("live", "every-window");
        Stride.Require<int>(n => n >= 0, "must not be that small");
        TopK.Require<int>(n => n >= 0, "must not be that small");
        FrameRate.Require<double>(n => n is >= 1e-3 and <= 1000, "must be between 0.001 and 1000");
    }

    public CameraOptions ToCamera(ParseResult parsed, IFrameSource source) => new()
    {
        CameraId = parsed.GetValue(Camera) ?? source.Name,
        Model = parsed.GetRequiredValue(Model),
        Stride = parsed.GetValue(Stride),
        Mode = (parsed.GetValue(Mode) ?? (IsFast(parsed, source) ? "every-window" : "live")) == "live" ? DeliveryMode.Live : DeliveryMode.EveryWindow,
        TopK = parsed.GetValue(TopK),
        MinScore = parsed.GetValue(MinScore),
        Events = parsed.GetValue(NoEvents) ? null : Events(parsed),
    };

    /// <summary>A camera cannot be hurried.</summary>
    public bool IsFast(ParseResult parsed, IFrameSource source) => parsed.GetValue(Fast) && !source.IsLive;

    private EventOptions Events(ParseResult parsed)
    {
        var events = new EventOptions
        {
            EnterScore = parsed.GetValue(EnterScore),
            ExitScore = parsed.GetValue(ExitScore),
            Smoothing = parsed.GetValue(Smoothing),
            MinDuration = Duration.FromTimeSpan(TimeSpan.FromSeconds(parsed.GetValue(MinDuration))),
            EndDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(parsed.GetValue(EndDelay))),
        };
        events.Labels.AddRange(parsed.GetValue(Labels) ?? []);
        return events;
    }
}
