using Mars.Synthesis.Figure;

namespace Mars.Synthesis.Motion;

/// <summary>Walking and running: the legs half a period apart, the knee bends while its leg swings forward, the arms swing against the legs.</summary>
internal static class Gaits
{
    public static ActionMotion Walk(MotionStyle style) => Gait("walk", style, 0.95, 27, 8, 48, 24, 18, 2, 1.3, 0);

    public static ActionMotion Run(MotionStyle style) => Gait("run", style, 1.5, 42, 25, 75, 42, 85, 12, 3.0, 0.07);

    private static ActionMotion Gait(
        string label, MotionStyle style, double cadence, double hip, double kneeRest, double kneeSwing, double arm, double elbow, double lean, double speed, double bounce)
    {
        cadence *= style.Speed;
        return new ActionMotion(label, 2 / cadence, true, t =>
        {
            var pose = Pose.Standing();
            var phase = 2 * Math.PI * ((cadence * t) + style.Phase);
            for (var side = 0; side < 2; side++)
            {
                var p = phase + (side * Math.PI);
                pose[Joint.LeftHip + side] = (hip * style.Amplitude * Math.Sin(p)) + (hip * 0.2);
                pose[Joint.LeftKnee + side] = kneeRest + (kneeSwing * style.Amplitude * Math.Max(0, Math.Cos(p + 0.35)));
                pose[Joint.LeftHipOut + side] = 1;
                pose[Joint.LeftArm + side] = -arm * style.Amplitude * Math.Sin(p);
                pose[Joint.LeftElbow + side] = elbow + (8 * Math.Sin(p));
            }
            pose[Joint.Lean] = lean;
            pose[Joint.Twist] = 0.25 * arm * Math.Sin(phase);
            pose[Joint.Lift] = bounce * Math.Abs(Math.Sin(phase));
            pose[Joint.Travel] = speed * style.Speed * style.Amplitude * t;
            return pose;
        });
    }
}
