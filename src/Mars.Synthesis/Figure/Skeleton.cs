using System.Numerics;

namespace Mars.Synthesis.Figure;

/// <summary>Where the parts of a posed body are: metres, y up, the floor at 0, z towards the viewer. The person looks along <see cref="Forward"/>.</summary>
internal sealed class Skeleton
{
    private Skeleton()
    {
    }

    public Vector3 Pelvis { get; private set; }

    public Vector3 Neck { get; private set; }

    public Vector3 Head { get; private set; }

    public Vector3 Forward { get; private set; }

    /// <summary>Index 0 is the person's left, 1 the right.</summary>
    public Vector3[] Shoulders { get; } = new Vector3[2];

    public Vector3[] Elbows { get; } = new Vector3[2];

    public Vector3[] Hands { get; } = new Vector3[2];

    public Vector3[] Hips { get; } = new Vector3[2];

    public Vector3[] Knees { get; } = new Vector3[2];

    public Vector3[] Ankles { get; } = new Vector3[2];

    public Vector3[] Toes { get; } = new Vector3[2];

    /// <summary>Poses a body.</summary>
    /// <param name="body">Its measures.</param>
    /// <param name="pose">Its joints.</param>
    /// <param name="yaw">Where it looks, radians: 0 at the viewer, a quarter turn to the right of the picture.</param>
    public static Skeleton Place(Body body, Pose pose, double yaw)
    {
        // The body's own axes: left, up, forward; turned and shifted into the world at the end.
        var s = new Skeleton();
        for (var side = 0; side < 2; side++)
            s.PlaceLeg(body, pose, side);
        var lean = Radians(pose[Joint.Lean]);
        var up = new Vector3(0, (float)Math.Cos(lean), (float)Math.Sin(lean));
        var ahead = new Vector3(0, -(float)Math.Sin(lean), (float)Math.Cos(lean));
        s.Neck = up * (float)body.Trunk;
        var twist = Radians(pose[Joint.Twist]);
        var left = Vector3.Normalize(new Vector3((float)Math.Cos(twist), 0, 0) + (ahead * (float)Math.Sin(-twist)));
        for (var side = 0; side < 2; side++)
            s.PlaceArm(body, pose, side, up, left);
        var nod = lean + Radians(pose[Joint.Nod]);
        s.Head = s.Neck + (new Vector3(0, (float)Math.Cos(nod), (float)Math.Sin(nod)) * (float)(body.Head * 1.45));
        s.Stand(pose, yaw, (float)(0.045 * body.Height));
        return s;
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180;

    private static Vector3 Along(double flex, double outward, float sign)
    {
        var (f, o) = (Radians(flex), Radians(outward));
        return new Vector3(sign * (float)Math.Sin(o), -(float)(Math.Cos(f) * Math.Cos(o)), (float)(Math.Sin(f) * Math.Cos(o)));
    }

    private void PlaceLeg(Body body, Pose pose, int side)
    {
        var sign = side == 0 ? 1f : -1f;
        var hip = pose[Joint.LeftHip + side];
        var outward = pose[Joint.LeftHipOut + side];
        Hips[side] = new Vector3(sign * (float)body.HipHalf, 0, 0);
        Knees[side] = Hips[side] + (Along(hip, outward, sign) * (float)body.Thigh);
        var shin = hip - pose[Joint.LeftKnee + side];
        Ankles[side] = Knees[side] + (Along(shin, outward, sign) * (float)body.Shin);
        // The foot stays level on the ground and follows the shin when it swings behind.
        var pitch = Radians(Math.Min(0, shin + 25) * 0.8);
        Toes[side] = Ankles[side] + (new Vector3(0, (float)Math.Sin(pitch), (float)Math.Cos(pitch)) * (float)body.Foot);
    }

    private void PlaceArm(Body body, Pose pose, int side, Vector3 up, Vector3 left)
    {
        var sign = side == 0 ? 1f : -1f;
        var ahead = Vector3.Cross(left, up);
        Shoulders[side] = (up * (float)(body.Trunk * 0.96)) + (left * (sign * (float)body.ShoulderHalf));
        var local = Along(pose[Joint.LeftArm + side], pose[Joint.LeftArmOut + side], 1);
        var upper = (left * (sign * local.X)) + (up * local.Y) + (ahead * local.Z);
        Elbows[side] = Shoulders[side] + (upper * (float)body.UpperArm);
        var inward = (float)pose[Joint.LeftElbowIn + side];
        var hint = (ahead * (1 - Math.Abs(inward))) - (left * (sign * inward)) + (up * 0.35f);
        var bend = hint - (upper * Vector3.Dot(hint, upper));
        bend = bend.Length() < 1e-3f ? ahead : Vector3.Normalize(bend);
        var elbow = Radians(pose[Joint.LeftElbow + side]);
        Hands[side] = Elbows[side] + (((upper * (float)Math.Cos(elbow)) + (bend * (float)Math.Sin(elbow))) * (float)body.Forearm);
    }

    // Falls about the pelvis, drops until the lowest point touches the floor, turns to its heading and goes its way.
    private void Stand(Pose pose, double yaw, float sole)
    {
        var fall = Matrix4x4.CreateRotationX((float)Radians(pose[Joint.Fall]));
        Transform(p => Vector3.Transform(p, fall));
        var lowest = float.MaxValue;
        Transform(p =>
        {
            lowest = Math.Min(lowest, p.Y);
            return p;
        });
        var turn = Matrix4x4.CreateRotationY((float)yaw);
        Forward = Vector3.Transform(Vector3.UnitZ, turn);
        var shift = new Vector3(0, sole - lowest + (float)pose[Joint.Lift], 0) + (Forward * (float)pose[Joint.Travel]);
        Transform(p => Vector3.Transform(p, turn) + shift);
    }

    private void Transform(Func<Vector3, Vector3> map)
    {
        Pelvis = map(Pelvis);
        Neck = map(Neck);
        Head = map(Head);
        foreach (var points in (Vector3[][])[Shoulders, Elbows, Hands, Hips, Knees, Ankles, Toes])
        {
            for (var i = 0; i < points.Length; i++)
                points[i] = map(points[i]);
        }
    }
}
