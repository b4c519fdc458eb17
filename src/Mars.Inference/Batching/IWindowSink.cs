using Mars.Inference.Models;
using Mars.Inference.Windowing;

namespace Mars.Inference.Batching;

/// <summary>Where a camera's windows end. Called from a worker or the camera's reader, never twice at once for one window; must not block.</summary>
public interface IWindowSink
{
    /// <summary>A window has been answered.</summary>
    /// <param name="window">Which.</param>
    /// <param name="logits">One for each class; valid during the call only.</param>
    /// <param name="times">How long it took.</param>
    /// <param name="model">Whose answer it is.</param>
    void Answer(in Window window, ReadOnlySpan<float> logits, WindowTimes times, ModelPackage model);

    /// <summary>A window has ended without an answer.</summary>
    void Drop(in Window window, WindowOutcome outcome);

    /// <summary>The model has been replaced by one that takes other clips: the camera must open its stream again.</summary>
    void Retire();
}
