namespace Mars.Inference.Sessions;

/// <summary>The few sizes in which batches run on a GPU: powers of two and the largest. Each is warmed up, and recorded as a CUDA graph, before it is needed.</summary>
internal static class BatchSizes
{
    /// <summary>1, 2, 4, … and <paramref name="maxBatch"/>.</summary>
    public static IEnumerable<int> Of(int maxBatch)
    {
        for (var size = 1; size < maxBatch; size *= 2)
            yield return size;
        yield return maxBatch;
    }

    /// <summary>Index of the smallest size that holds <paramref name="batch"/> clips.</summary>
    public static int IndexFor(ReadOnlySpan<int> sizes, int batch)
    {
        var index = sizes.BinarySearch(batch);
        return index < 0 ? ~index : index;
    }
}
