namespace Mars.Synthesis.Figure;

/// <summary>One value for each <see cref="Joint"/>.</summary>
internal sealed class Pose
{
    private static readonly int Count = Enum.GetValues<Joint>().Length;

    private readonly double[] _values = new double[Count];

    public double this[Joint joint]
    {
        get => _values[(int)joint];
        set => _values[(int)joint] = value;
    }

    /// <summary>Upright, arms hanging a little away from the body.</summary>
    public static Pose Standing() => new()
    {
        [Joint.LeftArm] = 3,
        [Joint.RightArm] = 3,
        [Joint.LeftArmOut] = 9,
        [Joint.RightArmOut] = 9,
        [Joint.LeftElbow] = 14,
        [Joint.RightElbow] = 14,
        [Joint.LeftHipOut] = 4,
        [Joint.RightHipOut] = 4,
        [Joint.LeftKnee] = 3,
        [Joint.RightKnee] = 3,
    };

    /// <summary>The pose a share of the way from one to another.</summary>
    public static Pose Between(Pose from, Pose to, double share)
    {
        var pose = new Pose();
        for (var i = 0; i < Count; i++)
            pose._values[i] = from._values[i] + ((to._values[i] - from._values[i]) * share);
        return pose;
    }
}
