namespace Mars.Inference.Models;

/// <summary>The folder of model packages: &lt;name&gt;/&lt;version&gt;/.</summary>
public static class ModelRepository
{
    /// <summary>Reads the newest version of every package.</summary>
    /// <param name="folder">The folder of all packages.</param>
    /// <param name="refused">Packages that cannot be used, with the reason.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<ModelPackage> Read(string folder, out IReadOnlyList<string> refused)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"there is no model folder {Path.GetFullPath(folder)}: give --models DIR");
        var packages = new List<ModelPackage>();
        var reasons = new List<string>();
        foreach (var model in Directory.GetDirectories(folder).Where(Visible).Order(StringComparer.Ordinal))
        {
            foreach (var version in Directory.GetDirectories(model).Where(Visible).OrderByDescending(Path.GetFileName, VersionOrder.Instance))
            {
                try
                {
                    var package = ModelPackage.Load(version);
                    if (package.Manifest.Kind == "flow")
                        throw new InvalidDataException($"{version}: a flow stream needs optical flow, which the server does not compute; it is a teacher for training");
                    packages.Add(package);
                    break;
                }
                catch (InvalidDataException exception)
                {
                    reasons.Add(exception.Message);
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
