using Mars.TestSupport;

namespace Mars.Deploy.Tests.Support;

/// <summary>The files of the repository.</summary>
internal static class Repository
{
    public static string Of(params string[] parts) => Path.GetFullPath(Path.Combine([SharedData.Root, .. parts]));

    public static string Read(params string[] parts) => File.ReadAllText(Of(parts));

    /// <summary>The assembly of a program as it was built beside these tests.</summary>
    public static string Program(string project) => Of("artifacts", "bin", project, new DirectoryInfo(AppContext.BaseDirectory).Name, $"{project}.dll");
}
