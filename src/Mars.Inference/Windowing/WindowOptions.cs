namespace Mars.Inference.Windowing;

/// <summary>How a camera's frames become windows.</summary>
public sealed record WindowOptions
{
    /// <summary>Frames of a window.</summary>
    public required int ClipLength { get; init; }

    /// <summary>Bytes of a preprocessed frame.</summary>
    public required int FrameBytes { get; init; }

    /// <summary>The model's frames per second.</summary>
    public required double FrameRate { get; init; }

    /// <summary>Frames, at the model's rate, between windows.</summary>
    public required int Stride { get; init; }

    /// <summary>Windows that may wait to be copied.</summary>
    public int MaxWaiting { get; init; } = 1;

    /// <summary>Where the stride is longer than a clip, the frames that are in no window may be left out.</summary>
    public bool MaySkip { get; init; }

    /// <summary>
    /// Where in a lengthened stride the windows fall, from 0 to 1 of it by the server's clock. Strides of all cameras are lengthened in the same moment; without this their
    /// windows would come together ever after. Null: a stride after the last one.
    /// </summary>
    public double? Phase { get; init; }

    /// <summary>A longer silence empties the window.</summary>
    public TimeSpan MaxGap { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Windows up to this sequence number have been answered before a reconnect.</summary>
    public ulong ResumeAfter { get; init; }

    /// <summary>Where the last of those windows ended, if the frames are sent again from its first one on: the windows go on a stride after it, to the tick.</summary>
    public RunPosition? ResumeFrom { get; init; }
}
