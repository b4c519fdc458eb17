namespace Mars.TestSupport;

/// <summary>Finds the repository and the material beside it (../shared: oracle numbers and real videos). A test that needs what is not there is skipped, never passed.</summary>
internal static class SharedData
{
    /// <summary>The repository's root: the folder that holds Mars.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file of the authors' oracle, or a skipped test.</summary>
    public static string Oracle(string name) => Need(Path.Combine("oracle", name));

    /// <summary>A file or folder of the real videos, or a skipped test.</summary>
    public static string Video(string name) => Need(Path.Combine("videos", name));

    /// <summary>A file or folder of the inputs from the field, or a skipped test.</summary>
    public static string Case(string name) => Need(Path.Combine("cases", name));

    private static string Need(string relative)
    {
        var path = Path.GetFullPath(Path.Combine(Root, "..", "shared", relative));
        Assert.SkipUnless(Path.Exists(path), $"{path} is not on this machine");
        return path;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Mars.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"no Mars.sln above {AppContext.BaseDirectory}");
    }
}
