using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Replicas;

/// <summary>The files of deploy/ before real servers; skipped where the balancer is not installed.</summary>
[Trait("Category", "foreign-server")]
public sealed class BalancerTests
{
    [Fact]
    public Task Haproxy_OneServerKilled_CamerasGoOnElsewhere() => RunAsync("haproxy", "haproxy/haproxy.cfg", file => ["-db", "-f", file]);

    [Fact]
    public Task Nginx_OneServerKilled_CamerasGoOnElsewhere() => RunAsync("nginx", "nginx/nginx.conf", file => ["-c", file, "-g", "daemon off;"]);

    private static async Task RunAsync(string program, string file, Func<string, string[]> arguments)
    {
        Assert.SkipUnless(Find(program) is not null, $"{program} is not installed");
        await using var replicas = await ReplicaSet.StartAsync();
        using var folder = new Temporary();
        var port = FreePort();
        var configuration = File.ReadAllText(Path.Combine(TestSupport.SharedData.Root, "deploy", file));
        for (var i = 0; i < 3; i++)
            configuration = configuration.Replace($"127.0.0.1:{5151 + i}", $"127.0.0.1:{replicas.Servers[i].Address.Port}", StringComparison.Ordinal);
        configuration = configuration.Replace("bind *:5150", $"bind 127.0.0.1:{port}", StringComparison.Ordinal).Replace("listen 5150", $"listen 127.0.0.1:{port}", StringComparison.Ordinal);
        if (program == "nginx")
            configuration = $"pid {folder.Folder}/nginx.pid; error_log stderr;\n{configuration}";
        var path = Path.Combine(folder.Folder, "balancer.conf");
        File.WriteAllText(path, configuration);
        using var balancer = new Process { StartInfo = new ProcessStartInfo(Find(program)!, arguments(path)) { RedirectStandardError = true, RedirectStandardOutput = true } };
        balancer.Start();
        var said = balancer.StandardError.ReadToEndAsync(Limits.Wait);
        try
        {
            var address = new Uri($"http://127.0.0.1:{port}");
            await ReadyAsync(address, balancer, said);
            await KilledReplica.CamerasGoOnAsync(replicas, () => new MarsClient(address));
        }
        finally
        {
            balancer.Kill(entireProcessTree: true);
            await balancer.WaitForExitAsync(Limits.Wait);
        }
    }

    private static async Task ReadyAsync(Uri address, Process balancer, Task<string> said)
    {
        using var client = new MarsClient(address);
        while (true)
        {
            try
            {
                await client.ListModelsAsync(Limits.Wait);
                return;
            }
            catch (MarsException)
            {
                if (balancer.HasExited)
                    Assert.Fail(await said);
                await Task.Delay(50, Limits.Wait);
            }
        }
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(["/usr/sbin", "/sbin"]).Select(p => Path.Combine(p, program)).FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
