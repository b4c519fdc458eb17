namespace Mars.Client.Demo;

/// <summary>Finds the server and the models that were built beside this program.</summary>
internal static class ServerFiles
{
    /// <summary>Mars.Server.dll: where the launcher says, or beside this program's own output (artifacts/bin/Mars.Server/…).</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static string Server()
    {
        var own = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string[] places = [Environment.GetEnvironmentVariable("MARS_SERVER_DLL") ?? "", Path.Combine(own.FullName, "..", "..", "Mars.Server", own.Name, "Mars.Server.dll")];
        return places.Select(p => p.Length == 0 ? p : Path.GetFullPath(p)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"the server is not built ({Path.GetFullPath(places[1])}): run ./mars, or set MARS_SERVER_DLL");
    }

    /// <summary>The folder of model packages: where MARS_MODELS says, or models/ of the repository.</summary>
    /// <exception cref="DirectoryNotFoundException">It is not there.</exception>
    public static string Models()
    {
        if (Environment.GetEnvironmentVariable("MARS_MODELS") is { Length: > 0 } set)
            return set;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "models")))
                return Path.Combine(folder.FullName, "models");
        }
        throw new DirectoryNotFoundException("there is no folder models/ above this program: set MARS_MODELS");
    }
}
