namespace Mars.Trainer.Pickle;

/// <summary>A tensor as a view of a storage: shape, and place in elements.</summary>
internal sealed record TensorReference(StorageReference Storage, long Offset, long[] Size)
{
    /// <summary>How many numbers it has.</summary>
    public long Count => Size.Aggregate(1L, (a, b) => a * b);

    /// <exception cref="InvalidDataException">It reaches beyond its storage, or its elements do not lie one after another.</exception>
    public static TensorReference Create(StorageReference storage, long offset, object?[] size, object?[] stride)
    {
        if (size.Length > 8 || size.Length != stride.Length || !size.All(n => n is >= 0L) || !stride.All(n => n is >= 0L) || offset < 0)
            throw new InvalidDataException("it holds a tensor of an impossible shape");
        var shape = size.Select(n => (long)n!).ToArray();
        var expected = 1L;
        try
        {
            for (var i = shape.Length - 1; i >= 0; i--)
            {
                if (shape[i] != 1 && (long)stride[i]! != expected)
                    throw new InvalidDataException("it holds a tensor whose elements do not lie one after another: save it again after .contiguous()");
                expected = checked(expected * shape[i]);
            }
            if (checked(offset + expected) > storage.Count)
                throw new InvalidDataException($"it holds a tensor that reaches beyond its storage {storage.Key}");
        }
        catch (OverflowException e)
        {
            throw new InvalidDataException("it holds a tensor of an impossible shape", e);
        }
        return new TensorReference(storage, offset, shape);
    }
}
