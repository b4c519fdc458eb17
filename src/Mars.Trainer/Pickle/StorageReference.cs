using static TorchSharp.torch;

namespace Mars.Trainer.Pickle;

/// <summary>Numbers that lie elsewhere in the file.</summary>
/// <param name="Key">Names them.</param>
/// <param name="Type">Of each.</param>
/// <param name="Count">How many.</param>
internal sealed record StorageReference(string Key, ScalarType Type, long Count)
{
    public long Bytes => checked(Count * ElementSize);

    private int ElementSize => Type switch { ScalarType.Int64 or ScalarType.Float64 => 8, ScalarType.Float32 or ScalarType.Int32 => 4, _ => 2 };
}
