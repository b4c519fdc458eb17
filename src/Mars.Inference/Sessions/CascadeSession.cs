namespace Mars.Inference.Sessions;

/// <summary>
/// A fast network for all clips and a second one for those whose first answer leads by little: what is easy costs one run, what is not gets the mean of both
/// networks' logits.
/// </summary>
public sealed class CascadeSession : IClipSession
{
    private readonly IClipSession _first;
    private readonly IClipSession _second;
    private readonly double _margin;
    private readonly Action<int, int> _onRun;
    private readonly float[] _logits;
    private readonly int[] _unsure;

    /// <param name="first">Runs on every clip.</param>
    /// <param name="second">Of the same clips and classes.</param>
    /// <param name="margin">The second runs where the first one's two best scores (softmax) lie closer than this, 0 to 1.</param>
    /// <param name="onRun">Told (clips of the run, clips that the second ran on).</param>
    public CascadeSession(IClipSession first, IClipSession second, double margin, Action<int, int> onRun)
    {
        (_first, _second, _margin, _onRun) = (first, second, margin, onRun);
        _logits = new float[first.MaxBatch * first.Shape.Classes];
        _unsure = new int[first.MaxBatch];
    }

    /// <inheritdoc/>
    public ClipShape Shape => _first.Shape;

    /// <inheritdoc/>
    public int MaxBatch => _first.MaxBatch;

    /// <inheritdoc/>
    public ExecutionProvider Provider => _first.Provider;

    /// <inheritdoc/>
    public Span<byte> Input(int index) => _first.Input(index);

    /// <inheritdoc/>
    public void Run(int batch)
    {
        _first.Run(batch);
        var count = 0;
        for (var i = 0; i < batch; i++)
        {
            _first.Logits(i).CopyTo(LogitsOf(i));
            if (Margin(_first.Logits(i)) < _margin)
                _unsure[count++] = i;
        }
        for (var i = 0; i < count; i++)
            Input(_unsure[i]).CopyTo(_second.Input(i));
        if (count > 0)
            _second.Run(count);
        for (var i = 0; i < count; i++)
        {
            var logits = LogitsOf(_unsure[i]);
            var second = _second.Logits(i);
            for (var c = 0; c < logits.Length; c++)
                logits[c] = (logits[c] + second[c]) / 2;
        }
        _onRun(batch, count);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int index) => LogitsOf(index);

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    /// <summary>Distance of the two highest softmax scores.</summary>
    internal static double Margin(ReadOnlySpan<float> logits)
    {
        var (best, next) = (float.NegativeInfinity, float.NegativeInfinity);
        foreach (var logit in logits)
        {
            next = Math.Max(next, Math.Min(logit, best));
            best = Math.Max(best, logit);
        }
        var sum = 0.0;
        foreach (var logit in logits)
            sum += Math.Exp(logit - best);
        return (1 - Math.Exp(next - best)) / sum;
    }

    private Span<float> LogitsOf(int index) => _logits.AsSpan(index * Shape.Classes, Shape.Classes);
}
