using Mars.Inference.Windowing;

namespace Mars.Inference.Batching;

/// <summary>Where a camera's windows end. Called from the inference thread or the camera's reader, never twice at once for one window; must not block.</summary>
public interface IWindowSink
{
    /// <summary>A window has been answered.</summary>
    /// <param name="window">Which.</param>
    /// <param name="logits">One for each class; valid during the call only.</param>
    /// <param name="times">How long it took.</param>
    void Answer(in Window window, ReadOnlySpan<float> logits, WindowTimes times);

    /// <summary>A window has ended without an answer.</summary>
    void Drop(in Window window, WindowOutcome outcome);
}
