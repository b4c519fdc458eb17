using Mars.Inference.Postprocessing;

namespace Mars.Docs.Pictures;

/// <summary>From the scores of windows to events, by the server's own smoother and detector.</summary>
internal static class EventsPicture
{
    private const double Stride = 0.16;
    private const int Left = 80;
    private const int Top = 44;
    private const int Height = 180;
    private const double PixelsAWindow = 15;

    private static readonly string[] Labels = ["walk", "sit down"];

    // A walk with one window that errs, then somebody sits down; between them one window that is wrong.
    private static readonly float[] Walk =
        [.1f, .2f, .3f, .5f, .7f, .9f, .95f, .93f, .9f, .3f, .92f, .95f, .94f, .9f, .8f, .5f, .3f, .2f, .1f, .1f, .7f, .1f, .1f, .05f, .05f, .05f, .05f, .05f, .1f, .1f, .05f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f];

    private static readonly float[] Sit =
        [.1f, .1f, .1f, .1f, .05f, .05f, .05f, .05f, .05f, .1f, .05f, .05f, .05f, .05f, .1f, .2f, .2f, .3f, .2f, .1f, .1f, .2f, .4f, .7f, .85f, .9f, .92f, .9f, .85f, .8f, .85f, .8f, .6f, .45f, .3f, .2f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f, .1f];

    public static string Draw()
    {
        var settings = new EventSettings();
        var svg = new Svg(Left + (int)(Walk.Length * PixelsAWindow) + 40, 330);
        svg.Text(20, 24, $"Dots: the score of each window. Lines: their moving average (smoothing {settings.Smoothing:0.0}). An action begins at {settings.EnterScore:0.0} and ends below {settings.ExitScore:0.0}.");
        foreach (var (score, name) in (ReadOnlySpan<(double, string)>)[(settings.EnterScore, "enter"), (settings.ExitScore, "exit")])
        {
            svg.Line(Left, Y(score), Left + (Walk.Length * PixelsAWindow), Y(score), Svg.Dim, dashed: true);
            svg.Text(Left - 8, Y(score) + 4, $"{name} {score:0.0}", Svg.Dim, 11, "end");
        }
        svg.Line(Left, Y(0), Left + (Walk.Length * PixelsAWindow), Y(0), Svg.Ink);
        for (var second = 0; second < Walk.Length * Stride; second++)
            svg.Text(Left + (second / Stride * PixelsAWindow), Y(0) + 14, $"{second} s", Svg.Dim, 10, "middle");
        DrawScores(svg, settings);
        return svg.ToString();
    }

    private static void DrawScores(Svg svg, EventSettings settings)
    {
        var smoother = new ScoreSmoother(2, settings.Smoothing);
        var detector = new EventDetector(settings, [0, 1]);
        var curves = new List<(double, double)>[] { [], [] };
        var edges = new List<ActionEdge>();
        for (var i = 0; i < Walk.Length; i++)
        {
            smoother.Add([Walk[i], Sit[i]]);
            var end = Time(i);
            detector.Add(smoother.Scores, new WindowSpan((ulong)i, (ulong)i, end, end), edges);
            for (var c = 0; c < curves.Length; c++)
            {
                svg.Dot(X(i), Y(c == 0 ? Walk[i] : Sit[i]), Svg.Colour(c));
                curves[c].Add((X(i), Y(smoother.Scores[c])));
            }
        }
        for (var c = 0; c < curves.Length; c++)
            svg.Curve(curves[c], Svg.Colour(c));
        foreach (var over in edges.Where(e => !e.Started))
        {
            var (from, to, y) = (X(Window(over.Span.StartTime)), X(Window(over.Span.EndTime)), Y(0) + 30 + (over.Class * 30));
            svg.Rect(from, y, to - from, 22, Svg.Colour(over.Class), 0.75);
            svg.Text(from + 6, y + 15, $"{Labels[over.Class]}, peak {over.Peak:0.00}", "#ffffff", 11);
            svg.Text(to + 6, y + 15, $"{Window(over.Span.StartTime) * Stride:0.00} s to {Window(over.Span.EndTime) * Stride:0.00} s", Svg.Dim, 11);
        }
    }

    private static DateTimeOffset Time(int window) => DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(window * Stride);

    private static int Window(DateTimeOffset time) => (int)Math.Round((time - DateTimeOffset.UnixEpoch).TotalSeconds / Stride);

    private static double X(int window) => Left + (window * PixelsAWindow);

    private static double Y(double score) => Top + ((1 - score) * Height);
}
