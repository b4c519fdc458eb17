using Mars.Synthesis.Motion;

namespace Mars.Synthesis;

/// <summary>The actions that can be synthesised.</summary>
public static class ActionCatalog
{
    /// <summary>Their names, sorted: the place of one is its class index.</summary>
    public static IReadOnlyList<string> Labels => Actions.Labels;
}
