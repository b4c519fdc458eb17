using System.Diagnostics;

namespace Mars.Inference.Windowing;

/// <summary>A run of frames in a camera's ring that makes one clip.</summary>
/// <param name="FirstTick">Place of its first frame: ticks of the ring since it was made.</param>
/// <param name="First">Its first frame.</param>
/// <param name="Last">Its last frame.</param>
/// <param name="Completed">Time stamp (TimeProvider) at which it was complete.</param>
/// <param name="Position">Of its last frame.</param>
public readonly record struct Window(long FirstTick, RingFrame First, RingFrame Last, long Completed, RunPosition Position)
{
    /// <summary>Its span, open until its answer has left or it has ended without one; null for most.</summary>
    public Activity? Trace { get; init; }
}
