namespace Mars.Inference.Sessions;

/// <summary>A network that is ready to run batches of clips. Belongs to one thread at a time.</summary>
public interface IClipSession : IDisposable
{
    ClipShape Shape { get; }

    /// <summary>Clips in one run, at most.</summary>
    int MaxBatch { get; }

    /// <summary>What runs it.</summary>
    ExecutionProvider Provider => ExecutionProvider.Cpu;

    /// <summary>Where clip <paramref name="index"/> of the next batch is to be written: uint8 [length, size, size, 3], RGB.</summary>
    Span<byte> Input(int index);

    /// <summary>Whose window clip <paramref name="index"/> of the next batch is, for sessions that keep what they made of a camera's frames.</summary>
    /// <param name="index">Of the clip.</param>
    /// <param name="camera">Its ring.</param>
    /// <param name="firstTick">The ring's tick of its first frame.</param>
    void Place(int index, object camera, long firstTick)
    {
        // Most keep nothing.
    }

    /// <summary>Runs what will be run, so that the first camera does not pay for the allocations and searches of a first run.</summary>
    void WarmUp()
    {
        // Members of a session are warmed up by themselves.
    }

    /// <summary>Runs the first <paramref name="batch"/> clips.</summary>
    void Run(int batch);

    /// <summary>Logits of clip <paramref name="index"/> of the last run; valid until the next.</summary>
    ReadOnlySpan<float> Logits(int index);
}
