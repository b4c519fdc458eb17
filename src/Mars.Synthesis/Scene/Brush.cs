using OpenCvSharp;

namespace Mars.Synthesis.Scene;

/// <summary>Smooth shapes with places finer than a pixel.</summary>
internal static class Brush
{
    private const int Shift = 4;
    private const int CirclePoints = 12;

    /// <summary>The convex hull of circles: a tapered limb of two, a trunk of four.</summary>
    public static void Hull(Mat canvas, Scalar colour, params ReadOnlySpan<(Point2d Centre, double Radius)> circles)
    {
        var outline = new Point[circles.Length * CirclePoints];
        for (var i = 0; i < outline.Length; i++)
        {
            var (centre, radius) = circles[i / CirclePoints];
            var angle = 2 * Math.PI * (i % CirclePoints) / CirclePoints;
            outline[i] = Fine(centre.X + (radius * Math.Cos(angle)), centre.Y + (radius * Math.Sin(angle)));
        }
        Cv2.FillConvexPoly(canvas, Cv2.ConvexHull(outline), colour, LineTypes.AntiAlias, Shift);
    }

    public static void Polygon(Mat canvas, Scalar colour, params ReadOnlySpan<Point2d> corners)
    {
        var points = new Point[corners.Length];
        for (var i = 0; i < corners.Length; i++)
            points[i] = Fine(corners[i].X, corners[i].Y);
        Cv2.FillConvexPoly(canvas, points, colour, LineTypes.AntiAlias, Shift);
    }

    public static void Ellipse(Mat canvas, Scalar colour, Point2d centre, double width, double height, double degrees = 0, int thickness = -1) => Cv2.Ellipse(
        canvas, Fine(centre.X, centre.Y), new Size(Math.Max(1, width * (1 << Shift)), Math.Max(1, height * (1 << Shift))), degrees, 0, 360, colour, thickness, LineTypes.AntiAlias, Shift);

    /// <summary>A colour made lighter (above 1) or darker.</summary>
    public static Scalar Shade(Scalar colour, double factor) => new(
        Math.Clamp(colour.Val0 * factor, 0, 255), Math.Clamp(colour.Val1 * factor, 0, 255), Math.Clamp(colour.Val2 * factor, 0, 255));

    /// <summary>A colour between two: the first at 0, the second at 1.</summary>
    public static Scalar Mix(Scalar from, Scalar to, double share) => new(
        from.Val0 + ((to.Val0 - from.Val0) * share), from.Val1 + ((to.Val1 - from.Val1) * share), from.Val2 + ((to.Val2 - from.Val2) * share));

    private static Point Fine(double x, double y) => new((int)Math.Round(x * (1 << Shift)), (int)Math.Round(y * (1 << Shift)));
}
