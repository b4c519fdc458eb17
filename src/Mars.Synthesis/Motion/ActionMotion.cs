using Mars.Synthesis.Figure;

namespace Mars.Synthesis.Motion;

/// <summary>One action as poses over time.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Seconds">How long it takes once; a periodic one may go on for any time.</param>
/// <param name="Periodic">It can go on.</param>
/// <param name="At">The pose at a time in seconds; one that is not periodic holds its last pose.</param>
internal sealed record ActionMotion(string Label, double Seconds, bool Periodic, Func<double, Pose> At)
{
    /// <summary>The same poses in the opposite order of time.</summary>
    public ActionMotion Reversed(string label) => this with { Label = label, At = t => At(Math.Max(0, Seconds - t)) };
}
