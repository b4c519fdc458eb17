using Mars.Inference.Models;
using Mars.Inference.Sessions;

namespace Mars.Inference.Serving;

/// <summary>Where a model sees a class: its graph's activation maps, of an ensemble the mean of its members', of a cascade those of the member that always runs.</summary>
public sealed class ModelMapper : IDisposable
{
    private readonly List<ActivationMapper> _members = [];

    /// <param name="package">Whose maps are wanted; its graphs are loaded once more, on one core.</param>
    /// <exception cref="InvalidDataException">A graph has no maps.</exception>
    public ModelMapper(ModelPackage package)
    {
        Package = package;
        try
        {
            foreach (var graph in package.Members.Count == 0 ? [package] : Asked(package, package.Members))
                _members.Add(ActivationMapper.Load(graph.Graph));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ModelPackage Package { get; }

    /// <summary>The maps of all classes for one clip.</summary>
    /// <param name="clip">uint8 [length, size, size, 3], RGB.</param>
    /// <exception cref="InvalidDataException">The members' maps do not lie over each other.</exception>
    public ClassMaps Run(byte[] clip)
    {
        var sum = _members[0].Run(clip);
        foreach (var member in _members.Skip(1))
        {
            var maps = member.Run(clip);
            if ((maps.Time, maps.Height, maps.Width) != (sum.Time, sum.Height, sum.Width))
                throw new InvalidDataException($"the members of {Package.Key} have maps of other sizes");
            sum = sum with { Logits = [.. sum.Logits.Zip(maps.Logits, (a, b) => a + b)], Values = [.. sum.Values.Zip(maps.Values, (a, b) => a + b)] };
        }
        return _members.Count == 1
            ? sum
            : sum with { Logits = [.. sum.Logits.Select(l => l / _members.Count)], Values = [.. sum.Values.Select(v => v / _members.Count)] };
    }

    public void Dispose() => _members.ForEach(m => m.Dispose());

    internal static IEnumerable<T> Asked<T>(ModelPackage package, IReadOnlyList<T> members) => package.Manifest.Kind == ModelManifest.Cascade ? members.Take(1) : members;
}
