using Mars.Synthesis.Figure;

namespace Mars.Synthesis.Motion;

/// <summary>What the whole body does.</summary>
internal static class WholeBody
{
    public static ActionMotion SitDown(MotionStyle style)
    {
        var seconds = 1.0 / style.Speed;
        return new ActionMotion("sit_down", seconds, false, t => Sitting(style, Actions.Ease(t / seconds)));
    }

    /// <summary>The pose a share of the way from standing to sitting: the trunk goes forward to keep the balance and comes back.</summary>
    public static Pose Sitting(MotionStyle style, double share)
    {
        var pose = Pose.Standing();
        var bow = Math.Sin(Math.PI * share);
        for (var side = 0; side < 2; side++)
        {
            pose[Joint.LeftHip + side] = 84 * share;
            pose[Joint.LeftKnee + side] = 3 + (83 * share);
            pose[Joint.LeftHipOut + side] = 4 + (5 * style.Variant * share);
            pose[Joint.LeftArm + side] = 3 + (26 * share) + (22 * bow);
            pose[Joint.LeftElbow + side] = 14 + (34 * share);
        }
        pose[Joint.Lean] = (38 * style.Amplitude * bow) + (4 * share);
        pose[Joint.Travel] = -0.42 * Math.Sin(84 * share * Math.PI / 180); // the pelvis goes back, the feet stay
        return pose;
    }

    public static ActionMotion FallDown(MotionStyle style)
    {
        var seconds = 0.95 / style.Speed;
        return new ActionMotion("fall_down", seconds, false, t =>
        {
            var share = Math.Clamp(t / seconds, 0, 1);
            var u = share * share; // gravity: slowly at first
            var backward = style.Variant < 0.5;
            var pose = Pose.Standing();
            pose[Joint.Fall] = (backward ? -86 : 86) * u;
            for (var side = 0; side < 2; side++)
            {
                pose[Joint.LeftArm + side] = 3 + (75 * Math.Min(1, 2 * u));
                pose[Joint.LeftArmOut + side] = 9 + (35 * u);
                pose[Joint.LeftKnee + side] = 3 + (38 * Math.Sin(Math.PI * share)) + (side == style.Side ? 18 * u : 0);
                pose[Joint.LeftHip + side] = 12 * Math.Sin(Math.PI * share);
            }
            pose[Joint.Travel] = (backward ? -0.4 : 0.4) * u;
            return pose;
        });
    }

    public static ActionMotion Jump(MotionStyle style)
    {
        var seconds = 0.95 / style.Speed;
        return new ActionMotion("jump", seconds, true, t =>
        {
            var cycle = ((t / seconds) + style.Phase) % 1;
            const double TakeOff = 0.5;
            var crouch = cycle < TakeOff ? Math.Sin(Math.PI * cycle / TakeOff) : 0;
            var air = cycle < TakeOff ? 0 : (cycle - TakeOff) / (1 - TakeOff);
            var pose = Pose.Standing();
            for (var side = 0; side < 2; side++)
            {
                pose[Joint.LeftHip + side] = 58 * style.Amplitude * crouch;
                pose[Joint.LeftKnee + side] = 3 + (92 * style.Amplitude * crouch);
                pose[Joint.LeftArm + side] = (-30 * crouch) + (70 * Math.Sin(Math.PI * air));
                pose[Joint.LeftElbow + side] = 25;
            }
            pose[Joint.Lean] = 28 * crouch;
            pose[Joint.Lift] = 0.32 * style.Amplitude * 4 * air * (1 - air);
            return pose;
        });
    }

    public static ActionMotion Kick(MotionStyle style)
    {
        var seconds = 1.0 / style.Speed;
        return new ActionMotion("kick", seconds, true, t =>
        {
            var cycle = ((t / seconds) + style.Phase) % 1;
            // Back, through, and down again.
            var swing = cycle switch
            {
                < 0.3 => -Actions.Ease(cycle / 0.3),
                < 0.55 => -1 + (2 * Actions.Ease((cycle - 0.3) / 0.25)),
                _ => 1 - Actions.Ease((cycle - 0.55) / 0.45),
            };
            var pose = Pose.Standing();
            pose[Joint.LeftHip + style.Side] = swing < 0 ? 28 * swing : 78 * style.Amplitude * swing;
            pose[Joint.LeftKnee + style.Side] = swing < 0 ? 3 - (62 * swing) : 3 + (14 * (1 - swing));
            pose[Joint.LeftKnee + (1 - style.Side)] = 12;
            pose[Joint.LeftHip + (1 - style.Side)] = 6;
            pose[Joint.LeftArm + (1 - style.Side)] = 38 * swing;
            pose[Joint.LeftArm + style.Side] = -32 * swing;
            pose[Joint.LeftArmOut] = pose[Joint.RightArmOut] = 24;
            pose[Joint.Lean] = -8 * swing;
            return pose;
        });
    }

    /// <summary>Little happens: upright, seated, or with the arms up, swaying and looking about.</summary>
    public static ActionMotion Idle(MotionStyle style) => new("idle", 2, true, t =>
    {
        var pose = style.Variant switch
        {
            < 0.2 => Sitting(style, 1),
            < 0.3 => Gestures.RaiseBothArms(style with { Variant = style.Phase }).At(10),
            _ => Pose.Standing(),
        };
        return Sway(pose, style, t);
    });

    /// <summary>Adds the small motion that every living body has.</summary>
    public static Pose Sway(Pose pose, MotionStyle style, double t)
    {
        var slow = 2 * Math.PI * ((0.25 * style.Speed * t) + style.Phase);
        pose[Joint.Lean] += 1.2 * Math.Sin(slow);
        pose[Joint.Twist] += 3 * Math.Sin((0.7 * slow) + 1);
        pose[Joint.Nod] += 5 * Math.Sin((0.6 * slow) + 2);
        pose[Joint.LeftElbow] += 4 * Math.Sin((0.9 * slow) + 3);
        pose[Joint.RightElbow] += 4 * Math.Sin((0.8 * slow) + 4);
        return pose;
    }
}
