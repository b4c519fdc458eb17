using Mars.Inference.Models;
using Mars.Inference.Sessions;

namespace Mars.Inference.Serving;

/// <summary>
/// Brings the catalog in step with the folder of packages: what is new is loaded beside, warmed up and checked before anything changes; what fails is told and leaves
/// the old version in service.
/// </summary>
/// <param name="catalog">Of the server.</param>
/// <param name="opener">Loads packages.</param>
/// <param name="options">Which.</param>
public sealed class ModelReloader(ModelCatalog catalog, ModelOpener opener, ServingOptions options)
{
    private readonly Lock _lock = new();
    private IReadOnlyList<ServedModel> _serving = [];

    /// <summary>Loads what is new and lets go of what is gone. One at a time; may take as long as loading takes.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no folder.</exception>
    /// <exception cref="InvalidDataException">The default model or an alias means nothing: all stays as it was.</exception>
    public ReloadResult Run()
    {
        lock (_lock)
        {
            var packages = ModelRepository.Read(options.Folder, options.KeepVersions, [.. options.Aliases.Values, options.Default], out var refused);
            var reasons = refused.ToList();
            var (next, opened) = (new List<ServedModel>(), new List<ServedModel>());
            try
            {
                foreach (var package in packages)
                {
                    var known = _serving.FirstOrDefault(m => m.Key == package.Key);
                    if ((known is not null && known.Package.IsSameAs(package) ? known : Open(package, opened, reasons) ?? known) is { } model)
                        next.Add(model);
                }
                KeepWhatHasNoSuccessor(next, packages);
                catalog.Serve(next, options);
            }
            catch
            {
                opened.ForEach(m => m.Dispose());
                throw;
            }
            var removed = _serving.Except(next).ToList();
            _serving = next;
            return new ReloadResult(opened, removed, reasons);
        }
    }

    // Whatever is wrong with a package, and that may be a graph that fails in its first run, is that package's fault alone.
    private ServedModel? Open(ModelPackage package, List<ServedModel> opened, List<string> reasons)
    {
        try
        {
            var model = opener.Open(package);
            opened.Add(model);
            return model;
        }
        catch (Exception exception) when (exception is not ProviderUnavailableException)
        {
            reasons.Add(exception is InvalidDataException ? exception.Message : $"{package.Folder}: it cannot be run: {exception.Message}");
            return null;
        }
    }

    // A newer version that does not load must not take the last one that does with it, nor may a folder that cannot be read for a moment.
    private void KeepWhatHasNoSuccessor(List<ServedModel> next, IReadOnlyList<ModelPackage> packages)
    {
        foreach (var group in _serving.GroupBy(m => m.Package.Manifest.Name))
        {
            var failed = packages.Any(p => p.Manifest.Name == group.Key) || Directory.Exists(Path.Combine(options.Folder, group.Key));
            if (failed && !next.Any(m => m.Package.Manifest.Name == group.Key))
                next.AddRange(group);
        }
    }
}

/// <summary>What a reload did.</summary>
/// <param name="Loaded">Versions that are new.</param>
/// <param name="Removed">Versions that are served no more.</param>
/// <param name="Refused">Packages that could not be used, with the reason.</param>
public sealed record ReloadResult(IReadOnlyList<ServedModel> Loaded, IReadOnlyList<ServedModel> Removed, IReadOnlyList<string> Refused);
