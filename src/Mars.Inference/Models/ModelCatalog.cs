using Mars.Inference.Batching;
using Mars.Inference.Diagnostics;
using Mars.Inference.Sessions;

namespace Mars.Inference.Models;

/// <summary>The models of a running server, by name.</summary>
public sealed class ModelCatalog : IDisposable
{
    private static readonly string[] Preference = ["mars", "mers", "rgb", "ensemble"];

    private readonly SortedDictionary<string, ServedModel> _models = new(StringComparer.Ordinal);

    /// <summary>All of them, in the order of their names.</summary>
    public IReadOnlyCollection<ServedModel> All => _models.Values;

    /// <summary>The one that answers when a caller names none.</summary>
    public ServedModel? Default { get; private set; }

    /// <summary>Loads a package, warms it up, and serves it.</summary>
    public void Load(ModelPackage package, SessionSettings settings, SchedulerOptions options, InferenceMetrics metrics, TimeProvider time, Action<Exception> onFault)
    {
        var manifest = package.Manifest;
        var members = (package.Members.Count > 0 ? package.Members : [package]).Select(p => LoadSession(p, settings)).ToList();
        IClipSession session = members.Count > 1 ? new SumSession(members) : members[0];
        _models[manifest.Name] = new ServedModel(package, members[0].Provider, new WindowScheduler(manifest.Name, session, options, metrics, time, onFault));
    }

    private static OrtClipSession LoadSession(ModelPackage package, SessionSettings settings)
    {
        var manifest = package.Manifest;
        var session = OrtClipSession.Load(package.Graph, manifest.ClipLength, manifest.Size, settings with { HalfPrecision = manifest.Precision == "fp16" });
        if (session.Shape.Classes != manifest.Classes)
        {
            session.Dispose();
            throw new InvalidDataException($"{package.Folder}: the graph has {session.Shape.Classes} classes, its manifest says {manifest.Classes}");
        }
        session.WarmUp();
        return session;
    }

    /// <summary>Chooses the default: <paramref name="name"/> if given, else the best kind (mars, mers, rgb, ensemble: the fast ones first), then the first name.</summary>
    /// <exception cref="InvalidDataException">No model of that name is loaded.</exception>
    public void SetDefault(string? name)
    {
        Default = string.IsNullOrEmpty(name)
            ? _models.Values.MinBy(m => Array.IndexOf(Preference, m.Package.Manifest.Kind))
            : Find(name) ?? throw new InvalidDataException($"the default model '{name}' is not loaded; loaded are: {string.Join(", ", _models.Keys)}");
    }

    /// <summary>The model of that name, the default for an empty one, or null.</summary>
    public ServedModel? Find(string name) => name.Length == 0 ? Default : _models.GetValueOrDefault(name);

    public void Dispose()
    {
        foreach (var model in _models.Values)
            model.Dispose();
    }
}
