namespace Mars.Synthesis.Figure;

/// <summary>The degrees of freedom of the figure. Angles in degrees, lengths in metres.</summary>
internal enum Joint
{
    /// <summary>Trunk forward.</summary>
    Lean,

    /// <summary>Trunk about its own axis; positive turns the right shoulder forward.</summary>
    Twist,

    /// <summary>Head down.</summary>
    Nod,

    /// <summary>Upper arm: 0 hangs, 90 points forward, 180 up.</summary>
    LeftArm,
    RightArm,

    /// <summary>Upper arm sideways, away from the body.</summary>
    LeftArmOut,
    RightArmOut,
    LeftElbow,
    RightElbow,

    /// <summary>Which way the elbow bends: 0 forward, 1 towards the other hand, -1 away from it.</summary>
    LeftElbowIn,
    RightElbowIn,

    /// <summary>Thigh: 0 stands, 90 points forward.</summary>
    LeftHip,
    RightHip,
    LeftHipOut,
    RightHipOut,
    LeftKnee,
    RightKnee,

    /// <summary>The whole body: 0 upright, 90 flat on its face.</summary>
    Fall,

    /// <summary>Height of the feet above the floor.</summary>
    Lift,

    /// <summary>Way walked, forward.</summary>
    Travel,
}
