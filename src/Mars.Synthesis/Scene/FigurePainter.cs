using System.Numerics;
using Mars.Synthesis.Figure;
using OpenCvSharp;

namespace Mars.Synthesis.Scene;

/// <summary>Draws a posed body, the parts farthest from the viewer first.</summary>
internal sealed class FigurePainter(Body body, Look look, HeldObject held, int side, Scalar objectColour)
{
    private readonly List<(float Depth, Action Draw)> _parts = [];

    public void Paint(Mat canvas, View view, Skeleton skeleton)
    {
        _parts.Clear();
        var height = body.Height * (0.8 + (0.2 * body.Girth));
        for (var i = 0; i < 2; i++)
        {
            AddLeg(canvas, view, skeleton, i, height);
            AddArm(canvas, view, skeleton, i, height);
        }
        AddTrunk(canvas, view, skeleton, height);
        AddHead(canvas, view, skeleton);
        if (held != HeldObject.None)
            AddObject(canvas, view, skeleton);
        foreach (var (_, draw) in _parts.OrderBy(p => p.Depth))
            draw();
    }

    private void AddLeg(Mat canvas, View view, Skeleton s, int i, double height)
    {
        var trousers = Shaded(look.Trousers, s.Knees[i] - s.Hips[i], s.Pelvis, s.Hips[i]);
        var shin = look.LongTrousers && !look.Skirt ? Brush.Shade(trousers, 0.94) : Brush.Shade(look.Skin, 0.95);
        Add(s.Knees[i], () =>
        {
            Limb(canvas, view, look.Skirt ? shin : trousers, s.Hips[i], 0.046 * height, s.Knees[i], 0.034 * height);
            Limb(canvas, view, shin, s.Knees[i], 0.032 * height, s.Ankles[i], 0.021 * height);
            Limb(canvas, view, look.Shoes, s.Ankles[i] - new Vector3(0, (float)(0.012 * height), 0), 0.024 * height, s.Toes[i] - new Vector3(0, (float)(0.02 * height), 0), 0.016 * height);
        });
    }

    private void AddArm(Mat canvas, View view, Skeleton s, int i, double height)
    {
        var sleeve = Shaded(look.Shirt, s.Elbows[i] - s.Shoulders[i], s.Neck, s.Shoulders[i]);
        var fore = look.LongSleeves ? Brush.Shade(sleeve, 0.95) : look.Skin;
        Add((s.Elbows[i] + s.Hands[i]) / 2, () =>
        {
            Limb(canvas, view, sleeve, s.Shoulders[i], 0.03 * height, s.Elbows[i], 0.024 * height);
            Limb(canvas, view, fore, s.Elbows[i], 0.022 * height, s.Hands[i], 0.017 * height);
            var centre = s.Hands[i] + (Vector3.Normalize(s.Hands[i] - s.Elbows[i]) * (float)(0.02 * height));
            Limb(canvas, view, look.Skin, s.Hands[i], 0.018 * height, centre, 0.024 * height);
        });
    }

    private void AddTrunk(Mat canvas, View view, Skeleton s, double height)
    {
        var middle = (s.Neck + s.Pelvis) / 2;
        Add(middle, () =>
        {
            Span<(Point2d, double)> hips = [Circle(view, s.Hips[0], 0.05 * height), Circle(view, s.Hips[1], 0.05 * height), Circle(view, s.Pelvis, 0.055 * height)];
            Brush.Hull(canvas, look.Trousers, hips);
            if (look.Skirt)
            {
                var knees = (s.Knees[0] + s.Knees[1]) / 2;
                Brush.Hull(canvas, look.Trousers, Circle(view, s.Pelvis, 0.07 * height), Circle(view, (s.Knees[0] + knees) / 2, 0.06 * height), Circle(view, (s.Knees[1] + knees) / 2, 0.06 * height));
            }
            var waist = s.Pelvis + ((s.Neck - s.Pelvis) * 0.12f);
            Span<(Point2d, double)> trunk =
            [
                Circle(view, s.Shoulders[0], 0.03 * height),
                Circle(view, s.Shoulders[1], 0.03 * height),
                Circle(view, s.Neck, 0.035 * height),
                Circle(view, waist + (s.Hips[0] - s.Pelvis), 0.04 * height * body.Girth / 1.15),
                Circle(view, waist + (s.Hips[1] - s.Pelvis), 0.04 * height * body.Girth / 1.15),
            ];
            Brush.Hull(canvas, look.Shirt, trunk);
            // A lighter side, so that the trunk looks round.
            var bright = Brush.Shade(look.Shirt, 1.12);
            Brush.Hull(canvas, bright, Circle(view, Vector3.Lerp(s.Neck, s.Shoulders[0], 0.5f), 0.02 * height), Circle(view, waist + ((s.Hips[0] - s.Pelvis) / 2), 0.018 * height));
        });
    }

    private void AddHead(Mat canvas, View view, Skeleton s)
    {
        var size = body.Head;
        var up = Vector3.Normalize(s.Head - s.Neck);
        Add(s.Head + (s.Forward * 0.05f), () =>
        {
            Limb(canvas, view, Brush.Shade(look.Skin, 0.85), s.Neck, size * 0.5, s.Head, size * 0.5);
            var scale = view.Scale(s.Head);
            // Hair behind, face before: seen from behind there is hair alone.
            var hair = s.Head + (up * (float)(size * 0.3)) - (s.Forward * (float)(size * 0.28));
            var face = s.Head - (up * (float)(size * 0.12)) + (s.Forward * (float)(size * 0.3));
            void Hair()
            {
                Brush.Hull(canvas, look.Hair, Circle(view, hair, size * 1.02), Circle(view, s.Head + (up * (float)(size * 0.2)), size * 1.02));
                if (look.LongHair)
                    Limb(canvas, view, look.Hair, hair, size * 0.9, s.Neck - (s.Forward * (float)(size * 0.6)) - (up * (float)(size * 0.5)), size * 0.6);
            }
            void Face() => Brush.Hull(canvas, look.Skin, Circle(view, face, size * 0.86), Circle(view, face - (up * (float)(size * 0.3)), size * 0.66));
            if (s.Forward.Z < -0.2f)
            {
                Face();
                Hair();
                return;
            }
            Hair();
            Face();
            if (scale * size < 4)
                return;
            foreach (var eye in (ReadOnlySpan<float>)[-0.35f, 0.35f])
            {
                var across = Vector3.Normalize(Vector3.Cross(up, s.Forward));
                var at = face + (s.Forward * (float)(size * 0.75)) + (across * (float)(size * eye)) + (up * (float)(size * 0.15));
                if (at.Z >= face.Z)
                    Brush.Ellipse(canvas, new Scalar(30, 30, 35), view.Project(at), scale * size * 0.1, scale * size * 0.1);
            }
        });
    }

    private void AddObject(Mat canvas, View view, Skeleton s)
    {
        var hand = s.Hands[side];
        var along = Vector3.Normalize(Vector3.Normalize(hand - s.Elbows[side]) + (s.Forward * 0.35f) + new Vector3(0, 0.35f, 0));
        Add(hand + (along * 0.3f), () =>
        {
            if (held == HeldObject.Bat)
            {
                Limb(canvas, view, objectColour, hand - (along * 0.08f), 0.018, hand + (along * 0.78f), 0.046);
                return;
            }
            var neck = hand + (along * 0.36f);
            Limb(canvas, view, Brush.Shade(objectColour, 0.6), hand - (along * 0.08f), 0.02, neck, 0.016);
            var centre = hand + (along * 0.58f);
            var at = view.Project(centre);
            var tip = view.Project(hand + (along * 0.82f));
            var root = view.Project(neck);
            var length = Math.Max(4, Math.Sqrt(Math.Pow(tip.X - root.X, 2) + Math.Pow(tip.Y - root.Y, 2)) / 2);
            var angle = Math.Atan2(tip.Y - root.Y, tip.X - root.X) * 180 / Math.PI;
            var breadth = Math.Max(0.16 * view.Scale(centre), length * 0.4);
            Brush.Ellipse(canvas, Brush.Shade(objectColour, 1.5), at, length, breadth, angle);
            Brush.Ellipse(canvas, objectColour, at, length, breadth, angle, 2);
        });
    }

    private void Add(Vector3 where, Action draw) => _parts.Add((where.Z, draw));

    // The dark rim is the fold and the shadow that part an arm from a trunk in the same cloth.
    private static void Limb(Mat canvas, View view, Scalar colour, Vector3 from, double fromRadius, Vector3 to, double toRadius)
    {
        Brush.Hull(canvas, Brush.Shade(colour, 0.55), Circle(view, from, fromRadius + 0.008), Circle(view, to, toRadius + 0.008));
        Brush.Hull(canvas, colour, Circle(view, from, fromRadius), Circle(view, to, toRadius));
    }

    private static (Point2d Centre, double Radius) Circle(View view, Vector3 centre, double radius) => (view.Project(centre), Math.Max(0.6, radius * view.Scale(centre)));

    // Limbs on the far side are in the body's shade; those turned to the light are brighter.
    private static Scalar Shaded(Scalar colour, Vector3 direction, Vector3 middle, Vector3 root)
    {
        var far = Math.Clamp((middle.Z - root.Z) * 1.2f, -0.1f, 0.22f);
        var lit = 0.06f * (direction.LengthSquared() > 0 ? Vector3.Normalize(direction).X : 0);
        return Brush.Shade(colour, 0.93 - far + lit);
    }
}
