using Mars.Synthesis.Figure;
using Mars.Synthesis.Truth;

namespace Mars.Synthesis.Motion;

/// <summary>What a person does over a whole video: a pose for every moment, the way walked, and the truth about it.</summary>
internal sealed class Choreography
{
    private const double Blend = 0.24; // seconds from one action's pose to the next one's

    private readonly List<(ActionMotion Motion, double Start, double End, double Offset)> _steps = [];

    public IReadOnlyList<ActionSegment> Segments => [.. _steps.Select(s => new ActionSegment(s.Motion.Label, Math.Round(s.Start, 3), Math.Round(s.End, 3)))];

    public double Seconds => _steps.Count == 0 ? 0 : _steps[^1].End;

    /// <summary>One action that fills a short video: a one-shot one with a moment of rest before and after, the same for an action and its reverse.</summary>
    public static Choreography Single(string label, MotionStyle style, Random random)
    {
        var choreography = new Choreography();
        var motion = Actions.Make(label, style);
        var (before, after) = (0.12 * random.NextDouble(), 0.12 * random.NextDouble());
        var seconds = motion.Periodic ? 1.4 + (1.0 * random.NextDouble()) : Math.Max(0.68, motion.Seconds + before + after);
        choreography._steps.Add((motion, 0, seconds, motion.Periodic ? 0 : -before));
        return choreography;
    }

    /// <summary>Several actions one after another with rests between them; what needs another pose before it (stand_up) brings it along.</summary>
    /// <param name="labels">In this order; idle is added between.</param>
    /// <param name="style">Of the person.</param>
    /// <param name="random">Decides how long each lasts.</param>
    /// <param name="seconds">The video ends with the action that passes this.</param>
    public static Choreography Sequence(IEnumerable<string> labels, MotionStyle style, Random random, double seconds)
    {
        var choreography = new Choreography();
        choreography.Add(Rest(Pose.Standing(), style), 1 + (0.5 * random.NextDouble()));
        foreach (var label in labels)
        {
            if (choreography.Seconds >= seconds)
                break;
            var motion = Actions.Make(label, style with { Speed = style.Speed * 0.85 });
            choreography.Add(motion, motion.Periodic ? 2 + random.NextDouble() : motion.Seconds);
            // Rest as the action leaves the person, seated or upright.
            var end = motion.Periodic || label is "reach_up" or "take_from_shelf" or "lower_both_arms" or "stand_up" ? Pose.Standing() : motion.At(motion.Seconds);
            choreography.Add(Rest(end, style), 1 + (0.6 * random.NextDouble()));
        }
        return choreography;
    }

    /// <summary>The pose at a time, and the metres walked since the middle of the walk.</summary>
    public (Pose Pose, double Walked) At(double t)
    {
        var index = _steps.FindLastIndex(s => t >= s.Start);
        var step = _steps[Math.Max(0, index)];
        var (pose, walked) = Evaluate(step, t);
        if (index > 0 && t < step.Start + Blend)
            pose = Pose.Between(Evaluate(_steps[index - 1], step.Start).Pose, pose, Actions.Ease((t - step.Start) / Blend));
        return (pose, walked);
    }

    private static (Pose Pose, double Walked) Evaluate((ActionMotion Motion, double Start, double End, double Offset) step, double t)
    {
        var pose = step.Motion.At(Math.Max(0, t - step.Start + step.Offset));
        if (step.Motion.Label is not ("walk" or "run"))
            return (pose, 0);
        // A walk's way belongs to the camera, which is centred on its middle.
        var middle = step.Motion.At((step.End - step.Start) / 2)[Joint.Travel];
        var walked = pose[Joint.Travel] - middle;
        pose[Joint.Travel] = 0;
        return (pose, walked);
    }

    private static ActionMotion Rest(Pose end, MotionStyle style) =>
        new("idle", 1, true, t => WholeBody.Sway(Pose.Between(end, end, 0), style, t));

    private void Add(ActionMotion motion, double seconds) => _steps.Add((motion, Seconds, Seconds + seconds, 0));
}
