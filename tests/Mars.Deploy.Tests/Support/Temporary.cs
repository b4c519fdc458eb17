namespace Mars.Deploy.Tests.Support;

/// <summary>A folder for one test, which other users may read.</summary>
internal sealed class Temporary : IDisposable
{
    public Temporary()
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("mars-deploy-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
