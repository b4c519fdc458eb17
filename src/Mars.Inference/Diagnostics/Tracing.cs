using System.Diagnostics;

namespace Mars.Inference.Diagnostics;

/// <summary>
/// Spans of the way from a frame to its answer: frame, window, batch, run, reply. Each method gives null, and costs a look at a field, where nobody listens or the trace is
/// not sampled; and null ends nothing.
/// </summary>
public static class Tracing
{
    /// <summary>Name of the ActivitySource.</summary>
    public const string SourceName = "Mars";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>A frame that its sender traces has come; becomes the current span.</summary>
    /// <param name="traceparent">W3C trace context; anything else, or nothing, is no trace.</param>
    /// <param name="camera">Whose.</param>
    /// <param name="sequence">Its number.</param>
    public static Activity? StartFrame(string traceparent, string camera, ulong sequence)
    {
        if (traceparent.Length == 0 || !Source.HasListeners() || !ActivityContext.TryParse(traceparent, null, isRemote: true, out var sender))
            return null;
        return Source.StartActivity("frame", ActivityKind.Consumer, sender)?.SetTag("mars.camera", camera).SetTag("mars.sequence", (long)sequence);
    }

    /// <summary>A window is complete. Its span is ended by <see cref="End"/> on whatever thread, and is not the current one.</summary>
    /// <param name="frame">The span of the frame that completed it, or none: then it may begin a trace.</param>
    /// <param name="camera">Whose.</param>
    /// <param name="first">Number of its first frame.</param>
    /// <param name="last">Number of its last frame.</param>
    public static Activity? StartWindow(ActivityContext frame, string camera, ulong first, ulong last)
    {
        if (!Source.HasListeners())
            return null;
        var current = Activity.Current;
        Activity.Current = null; // or the call's own span, which lasts for days, would be the parent
        var window = Source.StartActivity("window", ActivityKind.Internal, frame);
        Activity.Current = current;
        if (window is not { Recorded: true })
            return null;
        return window.SetTag("mars.camera", camera).SetTag("mars.first_sequence", (long)first).SetTag("mars.last_sequence", (long)last);
    }

    /// <summary>Work for several windows, in the trace of the first of them; becomes the current span.</summary>
    public static Activity? StartLinked(string name, IReadOnlyList<Activity> windows) =>
        Source.StartActivity(name, ActivityKind.Internal, windows[0].Context, links: windows.Select(w => new ActivityLink(w.Context)));

    /// <summary>A part of what the parent does; becomes the current span.</summary>
    public static Activity? StartChild(string name, Activity? parent) => parent is null ? null : Source.StartActivity(name, ActivityKind.Internal, parent.Context);

    /// <summary>Ends a window's span.</summary>
    public static void End(Activity? window, string outcome)
    {
        if (window is null)
            return;
        var current = Activity.Current;
        window.SetTag("mars.outcome", outcome).Stop();
        Activity.Current = current; // Stop makes current what was so when it began, on another thread
    }
}
