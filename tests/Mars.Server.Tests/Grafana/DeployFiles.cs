using System.Text.Json;
using System.Text.RegularExpressions;
using Mars.TestSupport;

namespace Mars.Server.Tests.Grafana;

/// <summary>The files of deploy/grafana and deploy/prometheus, and what is in them.</summary>
internal static partial class DeployFiles
{
    public static string Prometheus { get; } = Path.Combine(SharedData.Root, "deploy", "prometheus");

    public static string Grafana { get; } = Path.Combine(SharedData.Root, "deploy", "grafana");

    public static string[] Dashboards { get; } = Directory.GetFiles(Path.Combine(Grafana, "dashboards"), "*.json");

    /// <summary>(alert, expression, runbook) of each rule in alerts.yml.</summary>
    public static (string Alert, string Expression, string Runbook)[] Rules() =>
        [.. Rule().Matches(File.ReadAllText(Path.Combine(Prometheus, "alerts.yml"))).Select(m => (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value))];

    /// <summary>(panel's title, expression) of each target and variable of a dashboard, with Grafana's own words filled in.</summary>
    public static IEnumerable<(string Title, string Expression)> Expressions(JsonElement dashboard)
    {
        foreach (var panel in dashboard.GetProperty("panels").EnumerateArray().Where(p => p.TryGetProperty("targets", out _)))
        {
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
            {
                var expression = target.GetProperty("expr").GetString()!
                    .Replace("$__rate_interval", "10s", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal).Replace("$model", ".*", StringComparison.Ordinal);
                yield return (panel.GetProperty("title").GetString()!, expression);
            }
        }
    }

    /// <summary>Names of our metrics, and of the runtime's, in an expression.</summary>
    public static IEnumerable<string> Metrics(string expression) => Metric().Matches(expression).Select(m => m.Value);

    [GeneratedRegex(@"- alert: (\w+)\n\s+expr: (.+)\n(?:.*\n)*?\s+runbook: (\S+)")]
    private static partial Regex Rule();

    [GeneratedRegex(@"\b(?:mars|rpc|dotnet)_[a-z_]+\b(?=[\[{),\s]|$)")]
    private static partial Regex Metric();
}
