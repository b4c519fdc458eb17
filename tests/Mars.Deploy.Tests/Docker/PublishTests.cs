using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Docker;

/// <summary>The Dockerfile's own commands, outside Docker: publishes, and starts what was published as the image would, by another user and in a folder that it cannot write.</summary>
public sealed partial class PublishTests
{
    private const string Nobody = "65534";

    [Fact]
    public async Task Server_PublishedAsTheDockerfileSays_RunsUnprivilegedAndAnswersACamera()
    {
        using var folder = new Temporary();
        var app = await PublishAsync("build-server", Path.Combine(folder.Folder, "server"));
        var camera = await PublishAsync("build-client", Path.Combine(folder.Folder, "client"));
        var url = $"http://127.0.0.1:{FreePort()}";
        var variables = DockerfileTests.Variables(DockerfileTests.Read("Dockerfile").Where(i => i.Stage == "server"));
        variables["ASPNETCORE_URLS"] = url;
        variables["Mars__Models__Folder"] = Copy(Repository.Of("models"), Path.Combine(folder.Folder, "models"));

        Assert.Equal(1, await HealthAsync(app, url));
        using var server = Shell.Start(app, variables, [.. Unprivileged(), "dotnet", Path.Combine(app, "Mars.Server.dll")]);
        try
        {
            var log = server.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            while (!server.HasExited && await HealthAsync(app, url) != 0)
                await Task.Delay(200, TestContext.Current.CancellationToken);
            Assert.False(server.HasExited, server.HasExited ? await log + await error : "");
            await CameraAsync(camera, url);
            await MetricsOfTheChartAsync(url);

            await Shell.RunAsync("/", null, "kill", "-TERM", $"{server.Id}");
            await server.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.Equal(0, server.ExitCode);
        }
        finally
        {
            if (!server.HasExited)
                server.Kill(entireProcessTree: true);
        }
    }

    // What the chart asks Prometheus for is there to be scraped.
    private static async Task MetricsOfTheChartAsync(string url)
    {
        using var http = new HttpClient();
        var scraped = await http.GetStringAsync(new Uri($"{url}/metrics"), TestContext.Current.CancellationToken);
        var asked = Metric().Matches(Repository.Read("deploy", "kubernetes", "templates", "_helpers.tpl")).Select(m => m.Value).ToList();
        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.Contains($"\n{name}{{", scraped, StringComparison.Ordinal));
    }

    // The command of compose.yaml's camera, until it has seen what it is there for.
    private static async Task CameraAsync(string app, string url)
    {
        var compose = Yaml.Read(Repository.Read("deploy", "compose.yaml"));
        var words = compose.List("services.camera.command").Select(w => $"{w}".Replace("http://mars:5150", url, StringComparison.Ordinal));
        using var camera = Shell.Start(app, null, [.. Unprivileged(), "dotnet", Path.Combine(app, "Mars.Client.dll"), .. words]);
        try
        {
            while (await camera.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                if (line.Contains("\"type\":\"prediction\"", StringComparison.Ordinal))
                    return;
            }
            Assert.Fail($"no prediction came: {await camera.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
        }
        finally
        {
            camera.Kill(entireProcessTree: true);
        }
    }

    // What RUN does in a stage, with its folder in place of /out.
    private static async Task<string> PublishAsync(string stage, string output)
    {
        var run = DockerfileTests.Read("Dockerfile").Single(i => i.Stage == stage && i.Keyword == "RUN").Text;
        var variables = DockerfileTests.Variables(DockerfileTests.Read("Dockerfile").Where(i => i.Stage == "sources"));
        var (exit, log, error) = await Shell.RunAsync(Repository.Of(), variables, "/bin/sh", "-ec", Out().Replace(run, output));
        Assert.True(exit == 0, log + error);
        Assert.Equal(["linux-x64"], Directory.GetDirectories(Path.Combine(output, "runtimes")).Select(Path.GetFileName).Where(n => n!.Contains("x64", StringComparison.Ordinal)));
        Assert.False(Directory.EnumerateFiles(output, "*TorchSharp*", SearchOption.AllDirectories).Any());
        await Shell.RunAsync("/", null, "chmod", "-R", "a+rX,a-w", output);
        return output;
    }

    private static async Task<int> HealthAsync(string app, string url) => (await Shell.RunAsync(app, null, "dotnet", Path.Combine(app, "Mars.Server.dll"), "--health", url)).Exit;

    // Only root can become somebody else; everyone else is unprivileged already.
    private static string[] Unprivileged() => Environment.IsPrivilegedProcess ? [Shell.Need("setpriv", "util-linux"), "--reuid", Nobody, "--regid", Nobody, "--clear-groups"] : [];

    private static string Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return to;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"\bmars_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"/out\b")]
    private static partial Regex Out();
}
