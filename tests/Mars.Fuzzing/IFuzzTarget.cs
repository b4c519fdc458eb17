namespace Mars.Fuzzing;

/// <summary>Something that takes bytes from outside.</summary>
internal interface IFuzzTarget : IDisposable
{
    /// <summary>Good inputs, to begin with.</summary>
    IReadOnlyList<byte[]> Samples { get; }

    /// <summary>Takes an input.</summary>
    /// <returns>Whether it was refused, with an error of the kind that its callers expect; any other exception is a fault.</returns>
    bool Refuses(byte[] input);
}
