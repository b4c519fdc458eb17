using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mars.Client.Tests.Support;
using Mars.TestSupport;
using OpenCvSharp;

namespace Mars.Client.Tests.Package;

/// <summary>The NuGet package, in a new project outside the repository that is the program of docs/dotnet-client.md.</summary>
public sealed partial class PackageTests(TestServer server) : IClassFixture<TestServer>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mars-package-").FullName;

    private string Packages => Path.Combine(_folder, "packages");

    [Fact]
    public async Task Pack_OfTheClient_ProgramOfTheDocumentRuns()
    {
        await PackAsync();
        using (var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(Packages, "Mars.Client.*.nupkg"))))
        {
            var names = package.Entries.Select(e => e.FullName).ToArray();
            Assert.Contains("README.md", names);
            Assert.Contains("protos/mars/v1/recognition.proto", names);
            Assert.Equal(["lib/net10.0/Mars.Client.Sdk.dll", "lib/net10.0/Mars.Client.Sdk.xml"], names.Where(n => n.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            using var nuspec = package.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
            var dependencies = XDocument.Load(nuspec).Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => e.Attribute("id")!.Value);
            Assert.Equal(["Google.Protobuf", "Grpc.Net.Client", "Grpc.StatusProto"], dependencies.Order(StringComparer.Ordinal));
        }

        var program = await MakeProjectAsync();
        var restored = await DotnetAsync("restore", program, "--source", Packages);
        Assert.SkipUnless(restored.Status == 0, $"the package's dependencies cannot be restored here: {restored.Output}");
        var built = await DotnetAsync("build", program, "--no-restore", "-c", "Release", "--nologo", "-v", "q");
        Assert.True(built.Status == 0, built.Output);
        var (status, output) = await DotnetAsync(Path.Combine(program, "bin", "Release", "net10.0", "my-camera.dll"), $"{server.Address}", Film(), Pictures());
        Assert.True(status == 0, output);
        Assert.Contains("colour knows 3 actions", output, StringComparison.Ordinal);
        Assert.Contains("red 1.00", output, StringComparison.Ordinal);
        Assert.Contains("frame 16: red", output, StringComparison.Ordinal);
        Assert.Contains("red Started", output, StringComparison.Ordinal);
        Assert.Contains("red Ended", output, StringComparison.Ordinal);
        Assert.Contains("NotFound: no model is named 'no-such-model'", output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task PackAsync()
    {
        var (status, output) = await DotnetAsync("pack", Path.Combine(SharedData.Root, "src", "Mars.Client"), "-o", Packages, "-c", "Release", "--no-build", "--nologo", "-v", "q");
        Assert.True(status == 0, output);
    }

    private async Task<string> MakeProjectAsync()
    {
        var project = Directory.CreateDirectory(Path.Combine(_folder, "my-camera")).FullName;
        // The dependencies come from what this machine has restored already; ours goes into a folder that is thrown away.
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await File.WriteAllTextAsync(
            Path.Combine(project, "my-camera.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <RestorePackagesPath>{Path.Combine(_folder, "restored")}</RestorePackagesPath>
                <RestoreFallbackFolders>{cache}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Mars.Client" Version="*" />
              </ItemGroup>
            </Project>
            """,
            TestContext.Current.CancellationToken);
        var document = await File.ReadAllTextAsync(Path.Combine(SharedData.Root, "docs", "dotnet-client.md"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), string.Join('\n', Block().Matches(document).Select(m => m.Groups[1].Value)), TestContext.Current.CancellationToken);
        return project;
    }

    private string Film()
    {
        var path = Path.Combine(_folder, "film.avi");
        using var red = new Mat(64, 64, MatType.CV_8UC3, new Scalar(0, 0, 255));
        using var writer = new VideoWriter(path, FourCC.MJPG, 25, red.Size());
        for (var i = 0; i < 20; i++)
            writer.Write(red);
        return path;
    }

    private string Pictures()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "pictures")).FullName;
        using var red = new Mat(64, 64, MatType.CV_8UC3, new Scalar(0, 0, 255));
        for (var i = 0; i < 40; i++)
            red.SaveImage(Path.Combine(folder, $"{i:D3}.jpg"));
        return folder;
    }

    private static async Task<(int Status, string Output)> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The build servers of whoever runs the tests would keep our pipes open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await errors);
    }

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
