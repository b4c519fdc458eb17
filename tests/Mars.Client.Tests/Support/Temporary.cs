namespace Mars.Client.Tests.Support;

/// <summary>A folder for one test.</summary>
internal sealed class Temporary : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("mars-test-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
