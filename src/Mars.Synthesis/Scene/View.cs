using System.Numerics;
using OpenCvSharp;

namespace Mars.Synthesis.Scene;

/// <summary>A pinhole camera that looks along -z from <see cref="Distance"/> metres, a little up or down at the height of <see cref="EyeHeight"/> metres.</summary>
internal sealed record View
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public required double Distance { get; init; }

    public required double EyeHeight { get; init; }

    /// <summary>Pixels a metre at 1 m.</summary>
    public required double Focal { get; init; }

    /// <summary>Where the world's origin on the floor is seen, in pixels.</summary>
    public required Point2d Origin { get; init; }

    /// <summary>Where a point is seen, in pixels.</summary>
    public Point2d Project(Vector3 point)
    {
        var scale = Scale(point);
        var floor = Focal / Distance * EyeHeight;
        return new Point2d(Origin.X + (point.X * scale), Origin.Y - floor + ((EyeHeight - point.Y) * scale));
    }

    /// <summary>Pixels a metre at a point's distance.</summary>
    public double Scale(Vector3 point) => Focal / Math.Max(0.5, Distance - point.Z);

    /// <summary>A view that shows a person of the given height at a share of the picture's height.</summary>
    public static View Random(Random random, int width, int height)
    {
        // The network sees the square in the middle of the picture.
        var square = Math.Min(width, height);
        var share = 0.64 + (0.2 * random.NextDouble());
        var distance = 3.2 + (3 * random.NextDouble());
        return new View
        {
            Width = width,
            Height = height,
            Distance = distance,
            EyeHeight = 0.9 + (1.1 * random.NextDouble()),
            Focal = share * square / 1.8 * distance,
            Origin = new Point2d((width / 2.0) + (square * 0.2 * (random.NextDouble() - 0.5)), (height / 2.0) + (square * (0.36 + (0.09 * random.NextDouble())))),
        };
    }
}
