using Mars.Trainer.Networks;

namespace Mars.Trainer.Training;

/// <summary>A network of another training.</summary>
/// <param name="Network">On the CPU.</param>
/// <param name="Labels">Names of its classes in the order of the logits; null where the file has none, as the authors' have not.</param>
internal sealed record NamedNetwork(ResNeXt3D Network, IReadOnlyList<string>? Labels) : IDisposable
{
    public bool Knows(IReadOnlyList<string> labels) => Labels is not null && Labels.SequenceEqual(labels, StringComparer.Ordinal);

    public void Dispose() => Network.Dispose();
}
