namespace Mars.Synthesis.Tests;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mars-synthesis-").FullName;

    public void Dispose() => Directory.Delete(Path, true);
}
