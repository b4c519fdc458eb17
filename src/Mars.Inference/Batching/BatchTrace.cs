using System.Diagnostics;
using Mars.Inference.Diagnostics;
using Mars.Inference.Windowing;

namespace Mars.Inference.Batching;

/// <summary>The span of a batch: in the trace of its first traced window, with a link to each, and each with a link to it.</summary>
internal static class BatchTrace
{
    /// <summary>Null if no window of the batch is traced.</summary>
    public static Activity? Start(List<(Window Window, CameraQueue Camera)> batch, string model)
    {
        var traced = 0;
        foreach (var (window, _) in batch)
            traced += window.Trace is null ? 0 : 1;
        if (traced == 0)
            return null;
        Activity[] windows = [.. batch.Where(b => b.Window.Trace is not null).Select(b => b.Window.Trace!)];
        var span = Tracing.StartLinked("batch", windows);
        if (span is null)
            return null;
        span.SetTag("mars.model", model).SetTag("mars.batch_size", batch.Count);
        foreach (var window in windows)
            window.AddLink(new ActivityLink(span.Context));
        return span;
    }
}
