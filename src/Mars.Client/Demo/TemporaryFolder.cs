namespace Mars.Client.Demo;

/// <summary>A folder that is gone when this is disposed of.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mars-demo-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
