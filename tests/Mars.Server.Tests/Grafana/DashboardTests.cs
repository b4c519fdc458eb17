using System.Text.Json;
using Mars.TestSupport;

namespace Mars.Server.Tests.Grafana;

/// <summary>No Grafana is here: what can be said of the files without one.</summary>
public sealed class DashboardTests
{
    public static TheoryData<string> Boards => [.. DeployFiles.Dashboards.Select(f => Path.GetFileName(f))];

    [Theory]
    [MemberData(nameof(Boards))]
    public void Dashboard_ItsPanels_HaveTheirOwnIdsAndPlaces(string file)
    {
        using var dashboard = Read(file);
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        Assert.Equal(panels.Count, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        var taken = new HashSet<(int X, int Y)>();
        foreach (var panel in panels)
        {
            var place = panel.GetProperty("gridPos");
            var (x, y, w, h) = (Number("x"), Number("y"), Number("w"), Number("h"));
            Assert.True(x >= 0 && x + w <= 24 && w > 0 && h > 0, Title(panel));
            for (var i = 0; i < w * h; i++)
                Assert.True(taken.Add((x + (i % w), y + (i / w))), $"{Title(panel)} lies on another panel");

            int Number(string name) => place.GetProperty(name).GetInt32();
        }
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Dashboard_EachPanelAndVariable_AsksTheProvisionedSource(string file)
    {
        var provisioned = File.ReadAllText(Path.Combine(DeployFiles.Grafana, "provisioning", "datasources", "prometheus.yaml"));
        using var dashboard = Read(file);
        foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(p => p.TryGetProperty("targets", out _)))
        {
            Assert.All(panel.GetProperty("targets").EnumerateArray().Append(panel), Asks);
            Assert.Equal(panel.GetProperty("targets").GetArrayLength(), panel.GetProperty("targets").EnumerateArray().Select(t => t.GetProperty("refId").GetString()).Distinct().Count());
        }
        Assert.All(dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray(), Asks);

        void Asks(JsonElement element) => Assert.Contains($"uid: {element.GetProperty("datasource").GetProperty("uid").GetString()}\n", provisioned, StringComparison.Ordinal);
    }

    [Fact]
    public void Dashboards_HaveTheirOwnUids() => Assert.Equal(
        DeployFiles.Dashboards.Length, DeployFiles.Dashboards.Select(f => JsonDocument.Parse(File.ReadAllText(f)).RootElement.GetProperty("uid").GetString()).Distinct().Count());

    [Fact]
    public void Alerts_Each_HasItsPartInTheOperationsManual()
    {
        var rules = DeployFiles.Rules();
        Assert.Equal(File.ReadLines(Path.Combine(DeployFiles.Prometheus, "alerts.yml")).Count(l => l.Contains("- alert:", StringComparison.Ordinal)), rules.Length);
        var headings = File.ReadLines(Path.Combine(SharedData.Root, "docs", "operations.md")).Where(l => l.StartsWith("### ", StringComparison.Ordinal)).Select(l => l[4..]).ToList();
        Assert.All(rules, r =>
        {
            Assert.Contains(r.Alert, headings);
            Assert.Equal($"docs/operations.md#{r.Alert.ToLowerInvariant()}", r.Runbook);
        });
        // And no part is left of an alert that is gone.
        Assert.Equal(rules.Select(r => r.Alert).Order(), headings.Where(h => h.StartsWith("Mars", StringComparison.Ordinal)).Order());
    }

    private static string Title(JsonElement panel) => panel.GetProperty("title").GetString()!;

    private static JsonDocument Read(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(DeployFiles.Grafana, "dashboards", file)));
}
