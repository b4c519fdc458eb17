using Mars.Deploy.Tests.Support;

namespace Mars.Deploy.Tests.Kubernetes;

/// <summary>Our chart, rendered as `helm template mars deploy/kubernetes --namespace cameras` would.</summary>
internal static class Chart
{
    public const string Release = "mars";

    public static Dictionary<object, object?> Values => Yaml.Read(Repository.Read("deploy", "kubernetes", "values.yaml"));

    /// <summary>Every object of the chart.</summary>
    /// <param name="set">Values that differ, by path, as --set.</param>
    public static IReadOnlyList<object> Render(params (string Path, object Value)[] set) =>
        [.. Files(set).Where(f => f.Name.EndsWith(".yaml", StringComparison.Ordinal)).SelectMany(f => Read(f.Name, f.Text))];

    /// <summary>Every file as it is rendered.</summary>
    public static IEnumerable<(string Name, string Text)> Files(params (string Path, object Value)[] set)
    {
        var values = Values;
        foreach (var (path, value) in set)
            Set(values, path.Split('.'), value);
        var chart = Yaml.Read(Repository.Read("deploy", "kubernetes", "Chart.yaml"));
        var dot = new Dictionary<object, object?>
        {
            ["Values"] = values,
            ["Release"] = new Dictionary<object, object?> { ["Name"] = Release, ["Namespace"] = "cameras", ["Service"] = "Helm" },
            ["Chart"] = new Dictionary<object, object?> { ["Name"] = chart["name"], ["Version"] = chart["version"], ["AppVersion"] = chart["appVersion"] },
        };
        var files = Directory.GetFiles(Repository.Of("deploy", "kubernetes", "templates")).Order(StringComparer.Ordinal)
            .Select(f => (Name: Path.GetFileName(f), Parsed: GoTemplate.Parse(File.ReadAllText(f)))).ToList();
        var includes = files.SelectMany(f => f.Parsed.Definitions).ToDictionary(d => d.Key, d => d.Value);
        var scope = new GoScope(dot, new Dictionary<string, object?> { ["$"] = dot }, includes);
        return files.Where(f => f.Name != "_helpers.tpl").Select(f => (f.Name, GoNode.Render(f.Parsed.Nodes, scope)));
    }

    /// <summary>The object of a kind.</summary>
    public static object Of(this IEnumerable<object> objects, string kind, string name = Release) =>
        Assert.Single(objects, o => o.Text("kind") == kind && o.Text("metadata.name") == name);

    private static List<object> Read(string name, string text)
    {
        try
        {
            return Yaml.ReadAll(text);
        }
        catch (YamlDotNet.Core.YamlException error)
        {
            throw new FormatException($"{name} is no YAML: {error.Message} at {error.Start}\n{text}", error);
        }
    }

    private static void Set(Dictionary<object, object?> values, string[] path, object value)
    {
        if (path.Length == 1)
            values[path[0]] = value;
        else
            Set((Dictionary<object, object?>)values[path[0]]!, path[1..], value);
    }
}
