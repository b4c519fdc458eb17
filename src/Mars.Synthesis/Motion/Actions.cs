namespace Mars.Synthesis.Motion;

/// <summary>
/// The actions. Pairs that differ by motion alone are the same poses in the other order (sit_down / stand_up, raise_both_arms / lower_both_arms) or share
/// their poses (wave_one_hand / reach_up); walk and run differ in pace. swing_bat and swing_racket are one motion with another object in hand.
/// </summary>
internal static class Actions
{
    private static readonly Dictionary<string, Func<MotionStyle, ActionMotion>> Makers = new(StringComparer.Ordinal)
    {
        ["clap"] = Gestures.Clap,
        ["fall_down"] = WholeBody.FallDown,
        ["idle"] = WholeBody.Idle,
        ["jump"] = WholeBody.Jump,
        ["kick"] = WholeBody.Kick,
        ["lower_both_arms"] = s => Gestures.RaiseBothArms(s).Reversed("lower_both_arms"),
        ["raise_both_arms"] = Gestures.RaiseBothArms,
        ["reach_up"] = Gestures.ReachUp,
        ["run"] = Gaits.Run,
        ["sit_down"] = WholeBody.SitDown,
        ["stand_up"] = s => WholeBody.SitDown(s).Reversed("stand_up"),
        ["swing_bat"] = s => Gestures.Swing(s, "swing_bat"),
        ["swing_racket"] = s => Gestures.Swing(s, "swing_racket"),
        ["walk"] = Gaits.Walk,
        ["wave_one_hand"] = Gestures.WaveOneHand,
    };

    public static IReadOnlyList<string> Labels { get; } = [.. Makers.Keys.Order(StringComparer.Ordinal)];

    public static ActionMotion Make(string label, MotionStyle style) => Makers.TryGetValue(label, out var make)
        ? make(style)
        : throw new ArgumentException($"no action is named '{label}'; there are: {string.Join(", ", Labels)}", nameof(label));

    /// <summary>0 to 1 with a soft start and end.</summary>
    public static double Ease(double share)
    {
        var u = Math.Clamp(share, 0, 1);
        return u * u * (3 - (2 * u));
    }
}
