using System.IO.Enumeration;

namespace Mars.Server.Events;

/// <summary>Which events a sink wants.</summary>
/// <param name="Cameras">Patterns of camera ids, in which * stands for anything; none means all.</param>
/// <param name="Labels">Patterns of labels; none means all.</param>
internal sealed record SinkScope(IReadOnlyList<string> Cameras, IReadOnlyList<string> Labels)
{
    public bool Wants(SinkEvent action) => Matches(Cameras, action.Camera) && Matches(Labels, action.Label);

    private static bool Matches(IReadOnlyList<string> patterns, string name) =>
        patterns.Count == 0 || patterns.Any(p => FileSystemName.MatchesSimpleExpression(p, name, ignoreCase: false));
}
