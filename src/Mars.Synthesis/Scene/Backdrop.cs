using OpenCvSharp;

namespace Mars.Synthesis.Scene;

/// <summary>What stands still behind the person: a room, a landscape, or a clutter of shapes. Larger than the picture, so that the camera may move.</summary>
internal static class Backdrop
{
    /// <summary>Pixels of background on each side of the picture.</summary>
    public const int Margin = 48;

    public static Mat Paint(Random random, int width, int height, double horizon)
    {
        var (w, h) = (width + (2 * Margin), height + (2 * Margin));
        var canvas = new Mat(h, w, MatType.CV_8UC3);
        var floor = (int)(horizon + Margin);
        switch (random.Next(3))
        {
            case 0:
                Room(canvas, random, floor);
                break;
            case 1:
                Outdoors(canvas, random, floor);
                break;
            default:
                Clutter(canvas, random, floor);
                break;
        }
        // The camera is focused on the person: what is behind is softer and paler.
        Cv2.GaussianBlur(canvas, canvas, new Size(0, 0), 1.2 + (2.4 * random.NextDouble()));
        using var haze = new Mat(canvas.Size(), canvas.Type(), Brush.Mix(Cv2.Mean(canvas), Scalar.All(128), 0.5));
        var clear = 0.2 + (0.4 * random.NextDouble());
        Cv2.AddWeighted(canvas, clear, haze, 1 - clear, 0, canvas);
        Texture(canvas, random);
        return canvas;
    }

    private static void Room(Mat canvas, Random random, int floor)
    {
        var wall = Look.Colour(random, 90, 225);
        var ground = Look.Colour(random, 50, 160);
        Gradient(canvas, 0, floor, Brush.Shade(wall, 1.05), Brush.Shade(wall, 0.85));
        Gradient(canvas, floor, canvas.Height, Brush.Shade(ground, 0.8), Brush.Shade(ground, 1.15));
        Cv2.Rectangle(canvas, new Rect(0, floor - 5, canvas.Width, 5), Brush.Shade(wall, 0.6), -1);
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            // Pictures, windows, shelves.
            var rect = new Rect(random.Next(canvas.Width), random.Next(Math.Max(1, floor / 2)), random.Next(25, 100), random.Next(20, 80));
            Cv2.Rectangle(canvas, rect, Look.Colour(random, 30, 245), -1, LineTypes.AntiAlias);
            Cv2.Rectangle(canvas, rect, Look.Colour(random, 20, 120), random.Next(1, 4), LineTypes.AntiAlias);
        }
        for (var i = random.Next(0, 3); i > 0; i--)
        {
            var tall = random.Next(30, 110);
            Cv2.Rectangle(canvas, new Rect(random.Next(canvas.Width), floor - tall + 8, random.Next(30, 90), tall), Look.Colour(random, 30, 190), -1, LineTypes.AntiAlias);
        }
    }

    private static void Outdoors(Mat canvas, Random random, int floor)
    {
        var sky = new Scalar(random.Next(170, 250), random.Next(150, 220), random.Next(110, 215));
        var grass = new Scalar(random.Next(40, 110), random.Next(90, 170), random.Next(60, 150));
        Gradient(canvas, 0, floor, sky, Brush.Shade(sky, 1.15));
        Gradient(canvas, floor, canvas.Height, Brush.Shade(grass, 0.85), grass);
        for (var i = random.Next(2, 9); i > 0; i--)
        {
            var at = new Point2d(random.Next(canvas.Width), floor - random.Next(15, 60));
            var leaves = new Scalar(random.Next(20, 80), random.Next(60, 130), random.Next(20, 100));
            Brush.Hull(canvas, new Scalar(40, 60, 80), (at, 3), (new Point2d(at.X, floor + 4), 4));
            for (var j = 0; j < 4; j++)
                Brush.Ellipse(canvas, Brush.Shade(leaves, 0.8 + (0.4 * random.NextDouble())), at + new Point2d(random.Next(-18, 18), random.Next(-22, 8)), random.Next(10, 24), random.Next(9, 20));
        }
        if (random.Next(2) == 0)
            Cv2.Rectangle(canvas, new Rect(random.Next(canvas.Width), floor - 90, random.Next(50, 150), 92), Look.Colour(random, 80, 200), -1);
    }

    private static void Clutter(Mat canvas, Random random, int floor)
    {
        Gradient(canvas, 0, canvas.Height, Look.Colour(random, 40, 220), Look.Colour(random, 40, 220));
        for (var i = random.Next(10, 40); i > 0; i--)
        {
            var at = new Point2d(random.Next(canvas.Width), random.Next(canvas.Height));
            Brush.Ellipse(canvas, Look.Colour(random, 20, 240), at, random.Next(4, 45), random.Next(4, 45), random.Next(180));
        }
        Cv2.Rectangle(canvas, new Rect(0, floor, canvas.Width, canvas.Height - floor), Look.Colour(random, 40, 170), -1);
    }

    private static void Gradient(Mat canvas, int top, int bottom, Scalar from, Scalar to)
    {
        var (first, last) = (Math.Max(0, top), Math.Min(bottom, canvas.Height));
        for (var y = first; y < last; y++)
        {
            var share = (y - top) / (double)Math.Max(1, bottom - top);
            Cv2.Line(canvas, 0, y, canvas.Width, y, Brush.Mix(from, to, share));
        }
    }

    // Coarse grain, as of plaster, gravel or leaves.
    private static void Texture(Mat canvas, Random random)
    {
        using var grain = Noise.Make(random, canvas.Width / 3, canvas.Height / 3, 1 + (4 * random.NextDouble()));
        using var coarse = new Mat();
        Cv2.Resize(grain, coarse, canvas.Size(), 0, 0, InterpolationFlags.Linear);
        Cv2.Add(canvas, coarse, canvas, dtype: MatType.CV_8U);
    }
}
