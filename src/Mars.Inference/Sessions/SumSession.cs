namespace Mars.Inference.Sessions;

/// <summary>Several networks over the same clips, one after another; the mean of their logits, as the paper adds streams.</summary>
public sealed class SumSession : IClipSession
{
    private readonly IReadOnlyList<IClipSession> _members;
    private readonly float[] _logits;

    /// <param name="members">Of one shape of clips and the same classes; owned from here on.</param>
    public SumSession(IReadOnlyList<IClipSession> members)
    {
        _members = members;
        _logits = new float[MaxBatch * Shape.Classes];
    }

    /// <inheritdoc/>
    public ClipShape Shape => _members[0].Shape;

    /// <inheritdoc/>
    public int MaxBatch => _members[0].MaxBatch;

    /// <inheritdoc/>
    public ExecutionProvider Provider => _members[0].Provider;

    /// <inheritdoc/>
    public Span<byte> Input(int index) => _members[0].Input(index);

    /// <inheritdoc/>
    public void Run(int batch)
    {
        Array.Clear(_logits);
        foreach (var member in _members)
        {
            for (var i = 0; i < batch && member != _members[0]; i++)
                Input(i).CopyTo(member.Input(i));
            member.Run(batch);
            for (var i = 0; i < batch; i++)
                Add(member.Logits(i), _logits.AsSpan(i * Shape.Classes, Shape.Classes));
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int index) => _logits.AsSpan(index * Shape.Classes, Shape.Classes);

    public void Dispose()
    {
        foreach (var member in _members)
            member.Dispose();
    }

    private void Add(ReadOnlySpan<float> logits, Span<float> sum)
    {
        for (var i = 0; i < sum.Length; i++)
            sum[i] += logits[i] / _members.Count;
    }
}
