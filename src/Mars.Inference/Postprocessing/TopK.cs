namespace Mars.Inference.Postprocessing;

/// <summary>The best classes of a prediction.</summary>
public static class TopK
{
    /// <summary>Writes the indexes of the highest scores, best first (of equals, the lower index), and returns how many.</summary>
    /// <param name="scores">One for each class.</param>
    /// <param name="indexes">As many as are wanted.</param>
    public static int Select(ReadOnlySpan<float> scores, Span<int> indexes)
    {
        var count = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var at = count;
            while (at > 0 && scores[i] > scores[indexes[at - 1]])
                at--;
            if (at >= indexes.Length)
                continue;
            count = Math.Min(count + 1, indexes.Length);
            for (var j = count - 1; j > at; j--)
                indexes[j] = indexes[j - 1];
            indexes[at] = i;
        }
        return count;
    }
}
