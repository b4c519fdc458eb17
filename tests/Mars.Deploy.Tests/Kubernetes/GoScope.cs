namespace Mars.Deploy.Tests.Kubernetes;

/// <summary>What names mean at a place of a template.</summary>
/// <param name="Dot">The value of the lone dot.</param>
/// <param name="Variables">Those with a dollar.</param>
/// <param name="Includes">Named parts of other files.</param>
internal sealed record GoScope(object? Dot, IReadOnlyDictionary<string, object?> Variables, IReadOnlyDictionary<string, IReadOnlyList<GoNode>> Includes)
{
    public object? Variable(string name) => Variables.TryGetValue(name, out var value) ? value : throw new FormatException($"there is no variable {name}");

    public GoScope With(object? dot) => this with { Dot = dot };

    public GoScope With(string name, object? value) => this with { Variables = new Dictionary<string, object?>(Variables) { [name] = value } };

    public string Include(string name, object? dot) =>
        GoNode.Render(Includes.TryGetValue(name, out var nodes) ? nodes : throw new FormatException($"nothing defines {name}"), this with { Dot = dot, Variables = new Dictionary<string, object?> { ["$"] = dot } });
}
