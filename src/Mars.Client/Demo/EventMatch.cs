namespace Mars.Client.Demo;

/// <summary>Events against the truth: one matches where its label is that of an action and their times overlap.</summary>
/// <param name="Found">Actions that an event matches.</param>
/// <param name="Missed">Actions that none matches.</param>
/// <param name="False">Events that match no action.</param>
internal sealed record EventMatch(IReadOnlyList<TruthSegment> Found, IReadOnlyList<TruthSegment> Missed, IReadOnlyList<FoundEvent> False)
{
    public static EventMatch Of(IReadOnlyCollection<FoundEvent> events, IReadOnlyList<TruthSegment> truth) => new(
        [.. truth.Where(segment => events.Any(e => Matches(e, segment)))],
        [.. truth.Where(segment => !events.Any(e => Matches(e, segment)))],
        [.. events.Where(e => !truth.Any(segment => Matches(e, segment)))]);

    private static bool Matches(FoundEvent found, TruthSegment segment) =>
        found.Label == segment.Label && found.Start < segment.End && (found.End ?? TimeSpan.MaxValue) > segment.Start;
}
