using System.Diagnostics;
using System.Text.RegularExpressions;
using Mars.Client.Tests.Support;
using Mars.Server.Tests.Security;
using Mars.Synthesis;
using Mars.TestSupport;
using OpenCvSharp;

namespace Mars.Server.Tests.Python;

/// <summary>docs/python.md: its commands are run as they stand there, but for the names of files and the server's address.</summary>
public sealed partial class PythonExampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mars-python-docs-").FullName;

    [Fact]
    public async Task Commands_OfTheDocument_PrintPredictionsAndEvents()
    {
        await using var server = await RunningServer.StartAsync();
        var commands = await CommandsAsync(new Uri(server.Address).Authority);
        Assert.Equal(4, commands.Length);
        await RunAsync(commands[0]);
        var live = await RunAsync(commands[1]);
        Assert.Contains("begins, 2", live, StringComparison.Ordinal);
        Assert.Matches(Prediction(), live);
        Assert.Contains("is over", await RunAsync(commands[2]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyAndCertificate_OfTheDocument_OpenAServerThatAsksForThem()
    {
        using var certificates = new TestCertificates(_folder);
        var (certificate, privateKey) = certificates.Server();
        var (key, settings) = SecureServer.Caller("python", "publisher");
        await using var server = await RunningServer.StartAsync([("Mars:Tls:Certificate", certificate), ("Mars:Tls:Key", privateKey), .. settings]);
        var commands = await CommandsAsync(new Uri(server.Address).Authority);
        await RunAsync(commands[0]);
        var secure = commands[3].Replace("authority.pem", certificates.Authorities, StringComparison.Ordinal);
        Assert.Matches(Prediction(), await RunAsync(secure.Replace("mars_...", key, StringComparison.Ordinal)));
        var (status, output) = await PythonProcess.RunAsync(Shell(secure));
        Assert.Equal(1, status);
        Assert.Contains("UNAUTHENTICATED", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task EveryWindow_OverAConnectionThatIsCutTwice_EachWindowIsAnsweredOnce()
    {
        await using var server = await RunningServer.StartAsync();
        await using var proxy = new CuttingProxy(new Uri(server.Address));
        var commands = await CommandsAsync(proxy.Address.Authority);
        await RunAsync(commands[0]);
        var whole = Windows(await RunAsync(commands[2]));

        var start = Shell(commands[2]);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        // A camera that comes back again and again, and never gets anywhere, must not hold up all other tests.
        await using var ended = TestContext.Current.CancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (Prediction().IsMatch(line) && lines.Count(l => Prediction().IsMatch(l)) is 3 or 8)
                proxy.Cut();
        }
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.True(whole.Length > 12, $"{whole.Length} windows");
        Assert.Equal(whole, Windows(string.Join('\n', lines)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Windows(string output) => [.. Prediction().Matches(output).Select(m => m.Value.Trim())];

    private async Task<string[]> CommandsAsync(string address)
    {
        Assert.SkipUnless(await PythonProcess.RunAsync("-c", "import grpc_tools, grpc") is (0, _), "python3-grpcio and python3-grpc-tools are not on this machine");
        Assert.SkipUnless(await PythonProcess.RunAsync(new ProcessStartInfo("ffmpeg", ["-version"])) is (0, _), "ffmpeg is not on this machine");
        WriteFilm(Path.Combine(_folder, "film.avi"));
        var document = await File.ReadAllTextAsync(Path.Combine(SharedData.Root, "docs", "python.md"), TestContext.Current.CancellationToken);
        return [.. Block().Matches(document).Select(m => m.Groups[1].Value
            .Replace("python3 ", $"{PythonProcess.Interpreter} ", StringComparison.Ordinal)
            .Replace("film.mp4", Path.Combine(_folder, "film.avi"), StringComparison.Ordinal)
            .Replace("stubs", Path.Combine(_folder, "stubs"), StringComparison.Ordinal)
            .Replace("127.0.0.1:5150", address, StringComparison.Ordinal))];
    }

    private static ProcessStartInfo Shell(string command) => new("bash", ["-ec", command]) { WorkingDirectory = SharedData.Root };

    private static async Task<string> RunAsync(string command)
    {
        var (status, output) = await PythonProcess.RunAsync(Shell(command));
        Assert.True(status == 0, output);
        return output;
    }

    private static void WriteFilm(string path)
    {
        VideoWriter? writer = null;
        foreach (var frame in SyntheticVideo.Sequence(["walk", "sit_down"], 11, 6).Render())
        {
            writer ??= new VideoWriter(path, FourCC.MJPG, 25, frame.Size());
            writer.Write(frame);
        }
        writer!.Dispose();
    }

    [GeneratedRegex(@"```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^ *\d+ [a-z_]+ [01]\.\d\d$", RegexOptions.Multiline)]
    private static partial Regex Prediction();
}
