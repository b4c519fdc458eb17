using Mars.Synthesis.Figure;

namespace Mars.Synthesis.Motion;

/// <summary>What the arms do while the rest of the body stands.</summary>
internal static class Gestures
{
    public static ActionMotion RaiseBothArms(MotionStyle style)
    {
        var seconds = 0.85 / style.Speed;
        var sideways = style.Variant < 0.5;
        return new ActionMotion("raise_both_arms", seconds, false, t =>
        {
            var u = Actions.Ease(t / seconds);
            var pose = Pose.Standing();
            for (var side = 0; side < 2; side++)
            {
                pose[Joint.LeftArm + side] = sideways ? 3 : 3 + (165 * style.Amplitude * u);
                pose[Joint.LeftArmOut + side] = sideways ? 9 + (150 * style.Amplitude * u) : 9;
                pose[Joint.LeftElbow + side] = 12 + (14 * u);
            }
            return pose;
        });
    }

    public static ActionMotion WaveOneHand(MotionStyle style)
    {
        var rate = 1.9 * style.Speed;
        return new ActionMotion("wave_one_hand", 2 / rate, true, t =>
        {
            var pose = RaisedHand(style);
            pose[Joint.LeftElbowIn + style.Side] = 0.75 * style.Amplitude * Math.Sin(2 * Math.PI * ((rate * t) + style.Phase));
            return pose;
        });
    }

    public static ActionMotion ReachUp(MotionStyle style)
    {
        var seconds = 0.85 / style.Speed;
        return new ActionMotion("reach_up", seconds, false, t =>
        {
            var u = Actions.Ease(t / seconds);
            var up = Pose.Standing();
            up[Joint.LeftArm + style.Side] = 160 + (14 * style.Amplitude);
            up[Joint.LeftArmOut + style.Side] = 6;
            up[Joint.LeftElbow + style.Side] = 4;
            up[Joint.Nod] = -22;
            var pose = Pose.Between(RaisedHand(style), up, u);
            pose[Joint.Lift] = 0.05 * u; // on the toes
            return pose;
        });
    }

    public static ActionMotion Clap(MotionStyle style)
    {
        var rate = 2.4 * style.Speed;
        return new ActionMotion("clap", 3 / rate, true, t =>
        {
            var open = 0.5 + (0.5 * Math.Sin(2 * Math.PI * ((rate * t) + style.Phase)));
            var pose = Pose.Standing();
            for (var side = 0; side < 2; side++)
            {
                pose[Joint.LeftArm + side] = 40;
                pose[Joint.LeftArmOut + side] = 8 + (30 * style.Amplitude * open);
                pose[Joint.LeftElbow + side] = 62;
                pose[Joint.LeftElbowIn + side] = 0.55 - (0.35 * open);
            }
            return pose;
        });
    }

    /// <summary>From behind the shoulder across the body, quickly, and back, slowly.</summary>
    public static ActionMotion Swing(MotionStyle style, string label)
    {
        var seconds = 1.1 / style.Speed;
        return new ActionMotion(label, seconds, true, t =>
        {
            var cycle = ((t / seconds) + style.Phase) % 1;
            var u = cycle < 0.4 ? Actions.Ease(cycle / 0.4) : 1 - Actions.Ease((cycle - 0.4) / 0.6);
            var turn = style.Side == 1 ? 1 : -1;
            var pose = Pose.Standing();
            pose[Joint.Twist] = turn * ((-48 * style.Amplitude) + (96 * style.Amplitude * u));
            pose[Joint.Lean] = 10;
            pose[Joint.LeftHipOut] = pose[Joint.RightHipOut] = 13;
            pose[Joint.LeftKnee] = pose[Joint.RightKnee] = 18;
            pose[Joint.LeftHip] = pose[Joint.RightHip] = 9;
            pose[Joint.LeftArm + style.Side] = -12 + (100 * u);
            pose[Joint.LeftArmOut + style.Side] = 78 - (68 * u);
            pose[Joint.LeftElbow + style.Side] = 55 - (40 * u);
            pose[Joint.LeftElbowIn + style.Side] = 0.5 * u;
            var other = 1 - style.Side;
            pose[Joint.LeftArm + other] = 45;
            pose[Joint.LeftElbow + other] = 60;
            return pose;
        });
    }

    // Where waving happens and reaching begins.
    private static Pose RaisedHand(MotionStyle style)
    {
        var pose = Pose.Standing();
        pose[Joint.LeftArm + style.Side] = 55 + (35 * style.Variant);
        pose[Joint.LeftArmOut + style.Side] = 62;
        pose[Joint.LeftElbow + style.Side] = 88;
        return pose;
    }
}
