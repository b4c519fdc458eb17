using System.Diagnostics;
using Mars.V1;

namespace Mars.Client;

/// <summary>Spans of frames on their way out. Nothing is made, and no frame changed, where nobody listens.</summary>
internal static class FrameTracing
{
    private static readonly ActivitySource Source = new(MarsClient.TraceSource);

    public static bool IsOn => Source.HasListeners();

    /// <summary>Adds a frame to the queue inside a span, which the server takes as the parent of what it does with the frame.</summary>
    public static async Task SendAsync(SendQueue queue, Frame frame, string camera, CancellationToken cancellationToken)
    {
        using var span = Source.StartActivity("send frame", ActivityKind.Producer);
        if (span is { Recorded: true, IdFormat: ActivityIdFormat.W3C })
        {
            span.SetTag("mars.camera", camera).SetTag("mars.sequence", (long)frame.Sequence);
            frame.Traceparent = span.Id;
        }
        await queue.AddAsync(frame, cancellationToken).ConfigureAwait(false);
    }
}
