namespace Mars.Synthesis.Motion;

/// <summary>
/// The actions. Pairs that differ by motion alone are the same poses in the other order (sit_down / stand_up, raise_both_arms / lower_both_arms) or share
/// their poses (wave_one_hand / reach_up); walk and run differ in pace. swing_bat and swing_racket are one motion with another object in hand.
/// dunk, fall_on_mat, kick_at_goal, take_from_shelf and wipe_board are the motions of jump, fall_down, kick, reach_up and wave_one_hand where something stands by that does
/// not move: only a picture tells them apart, as only motion tells the first pairs apart.
/// </summary>
internal static class Actions
{
    private static readonly Dictionary<string, Func<MotionStyle, ActionMotion>> Makers = new(StringComparer.Ordinal)
    {
        ["clap"] = Gestures.Clap,
        ["dunk"] = s => WholeBody.Jump(s) with { Label = "dunk" },
        ["fall_down"] = WholeBody.FallDown,
        ["fall_on_mat"] = s => WholeBody.FallDown(s) with { Label = "fall_on_mat" },
        ["idle"] = WholeBody.Idle,
        ["jump"] = WholeBody.Jump,
        ["kick"] = WholeBody.Kick,
        ["kick_at_goal"] = s => WholeBody.Kick(s) with { Label = "kick_at_goal" },
        ["lower_both_arms"] = s => Gestures.RaiseBothArms(s).Reversed("lower_both_arms"),
        ["raise_both_arms"] = Gestures.RaiseBothArms,
        ["reach_up"] = Gestures.ReachUp,
        ["run"] = Gaits.Run,
        ["sit_down"] = WholeBody.SitDown,
        ["stand_up"] = s => WholeBody.SitDown(s).Reversed("stand_up"),
        ["swing_bat"] = s => Gestures.Swing(s, "swing_bat"),
        ["swing_racket"] = s => Gestures.Swing(s, "swing_racket"),
        ["take_from_shelf"] = s => Gestures.ReachUp(s) with { Label = "take_from_shelf" },
        ["walk"] = Gaits.Walk,
        ["wave_one_hand"] = Gestures.WaveOneHand,
        ["wipe_board"] = s => Gestures.WaveOneHand(s) with { Label = "wipe_board" },
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
