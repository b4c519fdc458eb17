namespace Mars.Client.Demo;

/// <summary>Events against the truth: one matches where its label is that of an action and their times overlap.</summary>
/// <param name="Found">Actions that an event matches.</param>
/// <param name="Missed">Actions that none matches.</param>
/// <param name="False">Events that match no action.</param>
internal sealed record EventMatch(IReadOnlyList<TruthSegment> Found, IReadOnlyList<TruthSegment> Missed, IReadOnlyList<FoundEvent> False)
{
    /// <param name="events">What was told.</param>
    /// <param name="truth">What is done; rest between the actions is no action.</param>
    public static EventMatch Of(IReadOnlyCollection<FoundEvent> events, IReadOnlyList<TruthSegment> truth)
    {
        var actions = truth.Where(s => s.Label != TruthSegment.Rest).ToList();
        return new EventMatch(
            [.. actions.Where(action => events.Any(e => Matches(e, action)))],
            [.. actions.Where(action => !events.Any(e => Matches(e, action)))],
            [.. events.Where(e => !truth.Any(segment => Matches(e, segment)))]);
    }

    private static bool Matches(FoundEvent found, TruthSegment segment) =>
        found.Label == segment.Label && found.Start < segment.End && (found.End ?? TimeSpan.MaxValue) > segment.Start;
}
