using System.Numerics;
using OpenCvSharp;

namespace Mars.Synthesis.Scene;

/// <summary>Draws a landmark behind or under the person, as the viewer faces it. Sizes in metres.</summary>
internal sealed class LandmarkPainter
{
    private readonly Landmark _landmark;
    private readonly Scalar _colour;
    private readonly Scalar _second;
    private readonly float _x;
    private readonly float _scale;

    /// <param name="landmark">Which.</param>
    /// <param name="random">Decides its colours, its size and how far it stands from the person's axis.</param>
    public LandmarkPainter(Landmark landmark, Random random)
    {
        _landmark = landmark;
        // Nothing is drawn of the generator without a landmark: those videos stay as they were.
        if (landmark == Landmark.None)
            return;
        _colour = Look.Colour(random, 30, 230);
        _second = Look.Colour(random, 30, 230);
        _x = 0.5f * (random.NextSingle() - 0.5f);
        _scale = 0.85f + (0.3f * random.NextSingle());
    }

    /// <summary>Draws it where the view sees it.</summary>
    public void Paint(Mat canvas, View view)
    {
        switch (_landmark)
        {
            case Landmark.Board:
                Board(canvas, view);
                break;
            case Landmark.Goal:
                Goal(canvas, view);
                break;
            case Landmark.Hoop:
                Hoop(canvas, view);
                break;
            case Landmark.Mat:
                Floor(canvas, view, 1.25f, 0.8f, _colour);
                Floor(canvas, view, 1.05f, 0.62f, Brush.Shade(_colour, 1.3));
                break;
            case Landmark.Shelf:
                Shelf(canvas, view);
                break;
        }
    }

    // On a wall: dark, in a pale frame.
    private void Board(Mat canvas, View view)
    {
        Front(canvas, view, Brush.Shade(_second, 1.4), -0.86f, 0.92f, 0.86f, 1.98f);
        Front(canvas, view, new Scalar(40, 70, 35), -0.8f, 0.98f, 0.8f, 1.92f);
        Front(canvas, view, Scalar.All(215), -0.62f, 1.68f, 0.1f, 1.72f);
        Front(canvas, view, Scalar.All(215), -0.62f, 1.52f, 0.4f, 1.56f);
    }

    // Posts, a bar and a net.
    private void Goal(Mat canvas, View view)
    {
        for (var i = 1; i < 10; i++)
            Front(canvas, view, Scalar.All(150), -1 + (0.2f * i) - 0.008f, 0, -1 + (0.2f * i) + 0.008f, 1.45f);
        for (var i = 1; i < 7; i++)
            Front(canvas, view, Scalar.All(150), -1, (0.2f * i) - 0.008f, 1, (0.2f * i) + 0.008f);
        Front(canvas, view, Scalar.All(245), -1.05f, 0, -0.95f, 1.5f);
        Front(canvas, view, Scalar.All(245), 0.95f, 0, 1.05f, 1.5f);
        Front(canvas, view, Scalar.All(245), -1.05f, 1.42f, 1.05f, 1.52f);
    }

    // A pole, a board, a ring.
    private void Hoop(Mat canvas, View view)
    {
        Front(canvas, view, Brush.Shade(_second, 0.6), 0.55f, 0, 0.65f, 1.5f);
        Front(canvas, view, Scalar.All(235), 0.15f, 1.4f, 1.05f, 2.05f);
        Front(canvas, view, new Scalar(50, 60, 200), 0.4f, 1.5f, 0.8f, 1.56f);
        Front(canvas, view, new Scalar(50, 60, 200), 0.4f, 1.8f, 0.8f, 1.86f);
        Front(canvas, view, new Scalar(50, 60, 200), 0.4f, 1.5f, 0.46f, 1.86f);
        Front(canvas, view, new Scalar(50, 60, 200), 0.74f, 1.5f, 0.8f, 1.86f);
        var ring = view.Project(Behind(0.6f, 1.42f));
        var size = view.Scale(Behind(0.6f, 1.42f)) * _scale;
        Brush.Ellipse(canvas, new Scalar(30, 90, 240), ring, size * 0.24, size * 0.08, thickness: 3);
    }

    // Planks with boxes.
    private void Shelf(Mat canvas, View view)
    {
        Front(canvas, view, Brush.Shade(_colour, 0.45), -0.7f, 0.3f, 0.7f, 2.05f);
        for (var row = 0; row < 4; row++)
        {
            var y = 0.34f + (0.42f * row);
            Front(canvas, view, _colour, -0.74f, y - 0.06f, 0.74f, y);
            for (var box = 0; box < 4; box++)
            {
                var left = -0.62f + (0.33f * box);
                Front(canvas, view, (row + box) % 2 == 0 ? _second : Brush.Shade(_second, 1.6), left, y, left + 0.2f, y + 0.2f + (0.04f * ((row * 3) + box) % 0.12f));
            }
        }
    }

    // An upright rectangle behind the person.
    private void Front(Mat canvas, View view, Scalar colour, float left, float low, float right, float high) =>
        Brush.Polygon(canvas, colour, view.Project(Behind(left, low)), view.Project(Behind(right, low)), view.Project(Behind(right, high)), view.Project(Behind(left, high)));

    private void Floor(Mat canvas, View view, float halfWidth, float halfDepth, Scalar colour)
    {
        Vector3 At(float x, float z) => new(_x + (x * _scale), 0.01f, z * _scale);
        Brush.Polygon(canvas, colour, view.Project(At(-halfWidth, -halfDepth)), view.Project(At(halfWidth, -halfDepth)), view.Project(At(halfWidth, halfDepth)), view.Project(At(-halfWidth, halfDepth)));
    }

    private Vector3 Behind(float x, float y) => new(_x + (x * _scale), y, -0.7f);
}
