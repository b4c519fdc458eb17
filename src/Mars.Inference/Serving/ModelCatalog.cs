using Mars.Inference.Buffers;

namespace Mars.Inference.Serving;

/// <summary>The models of a running server, by the names that callers use. A change is a new table put in the place of the old one, so readers never see half of it.</summary>
public sealed class ModelCatalog : IDisposable
{
    private static readonly string[] Preference = ["mars", "mers", "rgb", "cascade", "ensemble"];
    private static readonly TimeSpan RetireInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private int _retiring;
    private volatile Table _table = new(new SortedDictionary<string, ServedModel>(StringComparer.Ordinal), new Dictionary<string, ServedModel>(StringComparer.Ordinal));

    /// <summary>Versions that are served no more and still have cameras, or are about to give their memory back.</summary>
    public int Retiring => Volatile.Read(ref _retiring);

    /// <summary>Every loaded version, in the order of their names.</summary>
    public IReadOnlyCollection<ServedModel> All => _table.Versions.Values;

    /// <summary>The one that answers when a caller names none.</summary>
    public ServedModel? Default => _table.Names.GetValueOrDefault(string.Empty);

    /// <summary>Names that callers may use, without the versions.</summary>
    public IEnumerable<string> Names => _table.Names.Keys.Where(n => n.Length > 0).Order(StringComparer.Ordinal);

    /// <summary>What a name means now: a name or an alias, a name/version, or nothing for the default. Null if there is no such model.</summary>
    public ServedModel? Find(string name) => _table.Names.GetValueOrDefault(name) ?? _table.Versions.GetValueOrDefault(name);

    /// <summary>Whether what the name means may change while a stream is open.</summary>
    public bool IsFollowed(string name) => _table.Names.ContainsKey(name);

    /// <summary>
    /// Serves exactly these versions from now on. Cameras that follow a name go over to what it means now, between two windows; versions that are not among them
    /// end when their last camera has left, and their memory is given back.
    /// </summary>
    /// <param name="versions">Loaded; those that are new are owned from here on.</param>
    /// <param name="options">Says what the names mean.</param>
    /// <exception cref="InvalidDataException">The default or an alias means nothing; nothing is changed.</exception>
    public void Serve(IReadOnlyList<ServedModel> versions, ServingOptions options)
    {
        lock (_lock)
        {
            var old = _table;
            var table = MakeTable(versions, options);
            _table = table;
            foreach (var model in old.Versions.Values.Where(m => !versions.Contains(m)))
                _ = RetireAsync(model, old);
            foreach (var (name, model) in old.Names.Where(n => versions.Contains(n.Value)))
                Follow(name, model);
        }
    }

    public void Dispose()
    {
        foreach (var model in _table.Versions.Values)
            model.Dispose();
    }

    private static Table MakeTable(IReadOnlyList<ServedModel> versions, ServingOptions options)
    {
        var byKey = new SortedDictionary<string, ServedModel>(StringComparer.Ordinal);
        var names = new Dictionary<string, ServedModel>(StringComparer.Ordinal);
        foreach (var model in versions)
        {
            byKey[model.Key] = model;
            names.TryAdd(model.Package.Manifest.Name, model); // the newest comes first
        }
        foreach (var (alias, meaning) in options.Aliases)
        {
            names[alias] = names.GetValueOrDefault(meaning) ?? byKey.GetValueOrDefault(meaning)
                ?? throw new InvalidDataException($"the alias '{alias}' means '{meaning}', which is not loaded; loaded are: {string.Join(", ", byKey.Keys)}");
        }
        if (versions.Count > 0)
        {
            names[string.Empty] = options.Default.Length == 0
                ? names.Values.MinBy(m => Array.IndexOf(Preference, m.Package.Manifest.Kind))!
                : names.GetValueOrDefault(options.Default) ?? byKey.GetValueOrDefault(options.Default)
                    ?? throw new InvalidDataException($"the default model '{options.Default}' is not loaded; loaded are: {string.Join(", ", byKey.Keys)}");
        }
        return new Table(byKey, names);
    }

    // A stream that was just being opened may still join the old version, so it is looked at until it is empty.
    private async Task RetireAsync(ServedModel model, Table old)
    {
        Interlocked.Increment(ref _retiring);
        while (Leave(model, old) > 0)
            await Task.Delay(RetireInterval).ConfigureAwait(false);
        await Task.Run(model.Dispose).ConfigureAwait(false);
        NativeHeap.Trim();
        Interlocked.Decrement(ref _retiring);
    }

    private int Leave(ServedModel model, Table old)
    {
        var left = 0;
        foreach (var name in old.Names.Where(n => n.Value == model).Select(n => n.Key).DefaultIfEmpty(model.Package.Manifest.Name))
            left = Follow(name, model);
        return left;
    }

    private int Follow(string name, ServedModel from)
    {
        var to = _table.Names.GetValueOrDefault(name);
        return to is null || to == from ? from.Scheduler.CameraCount : from.Scheduler.Move(name, to.Scheduler, to.TakesTheSameClips(from));
    }

    private sealed record Table(SortedDictionary<string, ServedModel> Versions, Dictionary<string, ServedModel> Names);
}
