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

    /// <summary>Runs the first <paramref name="batch"/> clips.</summary>
    void Run(int batch);

    /// <summary>Logits of clip <paramref name="index"/> of the last run; valid until the next.</summary>
    ReadOnlySpan<float> Logits(int index);
}
