using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Mars.TestSupport;

namespace Mars.Server.Tests.Grafana;

/// <summary>Debian's prometheus, with the rules and the configuration of deploy/prometheus but another target and a shorter interval.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mars-prometheus-").FullName;
    private readonly Process _process;
    private readonly HttpClient _http = new();

    private PrometheusProcess(string target)
    {
        foreach (var rules in Directory.GetFiles(DeployFiles.Prometheus, "alerts.yml"))
            File.Copy(rules, Path.Combine(_folder, Path.GetFileName(rules)));
        var configuration = File.ReadAllText(Path.Combine(DeployFiles.Prometheus, "prometheus.yml"))
            .Replace("mars:5150", target, StringComparison.Ordinal).Replace("_interval: 5s", "_interval: 1s", StringComparison.Ordinal).Replace("_interval: 15s", "_interval: 1s", StringComparison.Ordinal);
        var file = Path.Combine(_folder, "prometheus.yml");
        File.WriteAllText(file, configuration);
        var port = FreePort();
        _http.BaseAddress = new Uri($"http://127.0.0.1:{port}");
        _process = Process.Start(new ProcessStartInfo(
            Program("prometheus"),
            [$"--config.file={file}", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address=127.0.0.1:{port}", "--enable-feature=exemplar-storage", "--log.level=error"])
        { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>prometheus or promtool: installed, or unpacked by ./mars test; a skipped test where it is neither.</summary>
    public static string Program(string name)
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append(Path.Combine(SharedData.Root, "artifacts", "debian", "usr", "bin"));
        var path = places.Select(p => Path.Combine(p, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{name} is not on this machine (./mars test fetches it where apt-get can)");
        return path;
    }

    public static async Task<PrometheusProcess> StartAsync(string target)
    {
        var prometheus = new PrometheusProcess(target);
        for (var i = 0; i < 300; i++)
        {
            try
            {
                using var ready = await prometheus._http.GetAsync(new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken);
                if (ready.IsSuccessStatusCode)
                    return prometheus;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        await prometheus.DisposeAsync();
        throw new TimeoutException("prometheus is not ready after 30 s");
    }

    /// <summary>How many series the expression has now.</summary>
    /// <exception cref="InvalidDataException">It does not parse.</exception>
    public async Task<int> CountAsync(string expression)
    {
        var values = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}");
        return values.GetProperty("result").EnumerateArray().Count(s => s.GetProperty("value")[1].GetString() != "NaN");
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        return answer.GetProperty("status").GetString() == "success" ? answer.GetProperty("data") : throw new InvalidDataException($"{path}: {answer.GetProperty("error").GetString()}");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
