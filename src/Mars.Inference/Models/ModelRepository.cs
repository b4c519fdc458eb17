namespace Mars.Inference.Models;

/// <summary>The folder of model packages: &lt;name&gt;/&lt;version&gt;/.</summary>
public static class ModelRepository
{
    /// <summary>Reads the newest version of every package.</summary>
    /// <param name="folder">The folder of all packages.</param>
    /// <param name="refused">Packages that cannot be used, with the reason.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<ModelPackage> Read(string folder, out IReadOnlyList<string> refused) => Read(folder, 1, [], out refused);

    /// <summary>Reads the newest versions of every package, the newest first, and those that are asked for.</summary>
    /// <param name="folder">The folder of all packages.</param>
    /// <param name="keep">Versions of each name.</param>
    /// <param name="wanted">name/version of others; other words are ignored.</param>
    /// <param name="refused">Packages that cannot be used, with the reason.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<ModelPackage> Read(string folder, int keep, IReadOnlyCollection<string> wanted, out IReadOnlyList<string> refused)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"there is no model folder {Path.GetFullPath(folder)}: give --models DIR");
        var packages = new List<ModelPackage>();
        var reasons = new List<string>();
        foreach (var model in Directory.GetDirectories(folder).Where(Visible).Order(StringComparer.Ordinal))
        {
            var left = keep;
            foreach (var version in Directory.GetDirectories(model).Where(Visible).OrderByDescending(Path.GetFileName, VersionOrder.Instance))
            {
                var isWanted = wanted.Contains($"{Path.GetFileName(model)}/{Path.GetFileName(version)}");
                if ((left <= 0 && !isWanted) || !File.Exists(Path.Combine(version, ModelManifest.FileName)))
                    continue; // without its manifest, which is written last, a package is not there yet
                try
                {
                    var package = ModelPackage.Load(version);
                    if (package.Manifest.Kind == "flow")
                        throw new InvalidDataException($"{version}: a flow stream needs optical flow, which the server does not compute; it is a teacher for training");
                    packages.Add(package);
                    left--;
                }
                catch (Exception exception) when (exception is InvalidDataException or IOException)
                {
                    reasons.Add(exception.Message); // an IOException: it is being copied, or has just been removed
                }
            }
        }
        refused = reasons;
        return packages;
    }

    // A dot begins a package that is being written.
    private static bool Visible(string folder) => !Path.GetFileName(folder).StartsWith('.');

    private sealed class VersionOrder : IComparer<string?>
    {
        public static VersionOrder Instance { get; } = new();

        // 10 is newer than 9; anything that is not a number is older than any number.
        public int Compare(string? x, string? y) => (int.TryParse(x, out var a), int.TryParse(y, out var b)) switch
        {
            (true, true) => a.CompareTo(b),
            (true, false) => 1,
            (false, true) => -1,
            _ => string.CompareOrdinal(x, y),
        };
    }
}
