namespace Mars.Inference.Postprocessing;

/// <summary>Exponential moving average of a camera's scores: s = past * s + (1 - past) * score; the first scores are taken as they are.</summary>
public sealed class ScoreSmoother(int classes, double past)
{
    private readonly float[] _smoothed = new float[classes];
    private bool _started;

    /// <summary>The averages, one for each class.</summary>
    public ReadOnlySpan<float> Scores => _smoothed;

    /// <summary>Takes the next window's scores.</summary>
    public void Add(ReadOnlySpan<float> scores)
    {
        var weight = _started ? (float)past : 0f;
        for (var i = 0; i < _smoothed.Length; i++)
            _smoothed[i] = (weight * _smoothed[i]) + ((1 - weight) * scores[i]);
        _started = true;
    }

    /// <summary>Forgets the past, as after a gap.</summary>
    public void Reset() => _started = false;
}
