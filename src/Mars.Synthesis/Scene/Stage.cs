using System.Numerics;
using Mars.Synthesis.Figure;
using OpenCvSharp;

namespace Mars.Synthesis.Scene;

/// <summary>One scene: a person with a look before a backdrop, seen by a camera that shakes, under some light, through some sensor.</summary>
internal sealed class Stage : IDisposable
{
    private const int NoiseFrames = 4;

    private readonly View _view;
    private readonly Body _body;
    private readonly FigurePainter _painter;
    private readonly Mat _backdrop;
    private readonly Mat[] _noise;
    private readonly Mat _canvas;
    private readonly Scalar _gain;
    private readonly double _blur;
    private readonly double _shake;
    private readonly double _shakePhase;
    private readonly double _yaw;
    private readonly double _follow;
    private readonly Vector3? _chair;
    private readonly Scalar _chairColour;
    private readonly LandmarkPainter _landmark;
    private readonly (Point2d At, double Size, Scalar Colour, double Rate)[] _movers;

    /// <param name="random">Decides everything that is not the action.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="side">The active hand, 0 left, 1 right.</param>
    /// <param name="held">What it holds.</param>
    /// <param name="needsChair">The action sits.</param>
    /// <param name="landmark">What stands there as well.</param>
    public Stage(Random random, int width, int height, int side, HeldObject held, bool needsChair, Landmark landmark)
    {
        _view = View.Random(random, width, height);
        _body = Body.Random(random);
        _painter = new FigurePainter(_body, Look.Random(random), held, side, Look.Colour(random, 40, 220));
        var horizon = _view.Origin.Y - (Math.Min(width, height) * (0.08 + (0.14 * random.NextDouble())));
        _backdrop = Backdrop.Paint(random, width, height, horizon);
        var deviation = Math.Max(0, (6 * random.NextDouble()) - 1.5);
        _noise = [.. Enumerable.Range(0, NoiseFrames).Select(_ => Noise.Make(random, width, height, deviation))];
        _canvas = new Mat(height, width, MatType.CV_8UC3);
        var light = 0.8 + (0.35 * random.NextDouble());
        var warmth = 0.12 * (random.NextDouble() - 0.5);
        _gain = new Scalar(light * (1 - warmth), light, light * (1 + warmth));
        _blur = Math.Max(0, (1.3 * random.NextDouble()) - 0.6);
        _shake = Math.Max(0, (3 * random.NextDouble()) - 1.5);
        _shakePhase = 10 * random.NextDouble();
        // Seen obliquely, from either side: straight from the front an arm that swings forward hardly moves in the picture.
        _yaw = (random.Next(2) == 0 ? 1 : -1) * (0.45 + (0.85 * random.NextDouble()));
        _follow = 0.75 + (0.25 * random.NextDouble());
        var chairHere = random.NextDouble() < 0.3;
        _chair = needsChair || chairHere ? new Vector3(0, 0, needsChair ? 0 : -0.8f) : null;
        _chairColour = Look.Colour(random, 30, 200);
        _movers = [.. Enumerable.Range(0, random.Next(4) / 3).Select(_ => (
            new Point2d(random.NextDouble() * width, random.NextDouble() * horizon), 4 + (12 * random.NextDouble()), Look.Colour(random, 20, 230), 0.2 + random.NextDouble()))];
        _landmark = new LandmarkPainter(landmark, random);
    }

    /// <summary>Height of the seat of a chair that fits the person, metres.</summary>
    private float Seat => (float)(_body.Shin * 0.98);

    /// <summary>Draws one frame. The picture belongs to the stage and changes with the next call.</summary>
    /// <param name="pose">What the person does.</param>
    /// <param name="seconds">The time, for what else moves.</param>
    /// <param name="walked">Metres walked since the middle of the walk; the camera follows nearly.</param>
    /// <param name="frame">Number of the frame.</param>
    public Mat Paint(Pose pose, double seconds, double walked, int frame)
    {
        pose[Joint.Travel] += Math.Clamp(walked * (1 - _follow), -0.5, 0.5);
        var skeleton = Skeleton.Place(_body, pose, _yaw);
        // Things behind the person are farther away and so pass more slowly.
        var pan = walked * _follow * Math.Sin(_yaw) * 0.3 * _view.Focal / _view.Distance;
        var shakeX = _shake * Math.Sin((2.1 * seconds) + _shakePhase) * Math.Cos((5.3 * seconds) + _shakePhase);
        var shakeY = _shake * Math.Cos((2.9 * seconds) + _shakePhase) * Math.Sin((4.7 * seconds) + _shakePhase);
        var view = _view with { Origin = _view.Origin + new Point2d(shakeX, shakeY) };
        PaintBackdrop(pan - shakeX, -shakeY);
        foreach (var (at, size, colour, rate) in _movers)
            Brush.Ellipse(_canvas, colour, at + new Point2d(14 * Math.Sin(rate * 2 * Math.PI * seconds), 3 * Math.Cos(rate * 5 * seconds)), size, size * 0.8);
        _landmark.Paint(_canvas, view);
        PaintShadow(view, skeleton);
        if (_chair is { } chair)
            PaintChair(view, chair);
        _painter.Paint(_canvas, view, skeleton);
        Expose(frame);
        return _canvas;
    }

    public void Dispose()
    {
        _backdrop.Dispose();
        _canvas.Dispose();
        foreach (var noise in _noise)
            noise.Dispose();
    }

    private void PaintBackdrop(double x, double y)
    {
        var left = Math.Clamp(Backdrop.Margin + x, 0, 2 * Backdrop.Margin);
        var top = Math.Clamp(Backdrop.Margin + y, 0, 2 * Backdrop.Margin);
        Cv2.GetRectSubPix(_backdrop, _canvas.Size(), new Point2f((float)(left + ((_canvas.Width - 1) / 2.0)), (float)(top + ((_canvas.Height - 1) / 2.0))), _canvas);
    }

    private void PaintShadow(View view, Skeleton skeleton)
    {
        var feet = (skeleton.Ankles[0] + skeleton.Ankles[1]) / 2;
        var at = view.Project(feet with { Y = 0 });
        var reach = 0.28 * view.Scale(feet);
        var rect = new Rect((int)(at.X - reach), (int)(at.Y - (reach * 0.3)), (int)(2 * reach), (int)(0.6 * reach)).Intersect(new Rect(0, 0, _canvas.Width, _canvas.Height));
        if (rect.Width <= 0 || rect.Height <= 0)
            return;
        using var part = new Mat(_canvas, rect);
        using var dark = part.Clone();
        Brush.Ellipse(dark, Scalar.All(20), new Point2d(at.X - rect.X, at.Y - rect.Y), reach * 0.9, reach * 0.26);
        Cv2.AddWeighted(part, 0.6, dark, 0.4, 0, part);
    }

    // A seat on four legs with a back, turned as the person is; the person's way to it is along its heading.
    private void PaintChair(View view, Vector3 place)
    {
        var turn = Matrix4x4.CreateRotationY((float)_yaw);
        var centre = place with { Z = place.Z - 0.44f };
        Vector3 At(float x, float y, float z) => Vector3.Transform(centre + new Vector3(x, y, z), turn);
        foreach (var (x, z) in (ReadOnlySpan<(float, float)>)[(-0.2f, -0.2f), (0.2f, -0.2f), (-0.2f, 0.2f), (0.2f, 0.2f)])
            Brush.Hull(_canvas, Brush.Shade(_chairColour, 0.6), (view.Project(At(x, Seat, z)), 2), (view.Project(At(x, 0, z)), 2));
        void Back() => Brush.Polygon(_canvas, Brush.Shade(_chairColour, 0.8), view.Project(At(-0.21f, Seat, -0.21f)), view.Project(At(0.21f, Seat, -0.21f)), view.Project(At(0.21f, Seat + 0.45f, -0.23f)), view.Project(At(-0.21f, Seat + 0.45f, -0.23f)));
        void Top() => Brush.Polygon(_canvas, _chairColour, view.Project(At(-0.22f, Seat, -0.22f)), view.Project(At(0.22f, Seat, -0.22f)), view.Project(At(0.22f, Seat, 0.2f)), view.Project(At(-0.22f, Seat, 0.2f)));
        Back();
        Top();
    }

    private void Expose(int frame)
    {
        if (_blur > 0.1)
            Cv2.GaussianBlur(_canvas, _canvas, new Size(0, 0), _blur);
        Cv2.Multiply(_canvas, _gain, _canvas);
        Cv2.Add(_canvas, _noise[frame % NoiseFrames], _canvas, dtype: MatType.CV_8U);
    }
}
