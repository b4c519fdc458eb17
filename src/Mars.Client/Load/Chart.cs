using System.Globalization;
using OpenCvSharp;

namespace Mars.Client.Load;

/// <summary>A line of a chart.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Colour">Blue, green, red.</param>
/// <param name="Points">Seconds and values.</param>
internal sealed record ChartLine(string Name, Scalar Colour, IReadOnlyList<(double Seconds, double Value)> Points);

/// <summary>Draws lines over seconds, from zero up. A plotting library would bring native code of its own into every client for this one picture.</summary>
internal static class Chart
{
    private const int Left = 80;
    private const int Right = 24;
    private const int Top = 44;
    private const int Bottom = 48;
    private const HersheyFonts Font = HersheyFonts.HersheySimplex;

    private static readonly Scalar Ink = new(50, 50, 50);
    private static readonly Scalar Grid = new(228, 228, 228);
    private static readonly Scalar Shade = new(245, 245, 245);

    /// <param name="place">Where.</param>
    /// <param name="title">Of the values, with their unit.</param>
    /// <param name="seconds">Where the axis ends.</param>
    /// <param name="shaded">What comes before is shaded: it does not count.</param>
    /// <param name="lines">What to draw.</param>
    public static void Draw(Mat place, string title, double seconds, double shaded, IReadOnlyList<ChartLine> lines)
    {
        var area = new Rect(Left, Top, place.Width - Left - Right, place.Height - Top - Bottom);
        var most = lines.SelectMany(l => l.Points).Select(p => p.Value).DefaultIfEmpty(0).Max();
        var step = Step(most / 5);
        var top = Math.Max(step, Math.Ceiling(most / step) * step);
        var across = Step(seconds / 8);
        Cv2.Rectangle(place, new Rect(area.X, area.Y, X(Math.Min(shaded, seconds)) - area.X, area.Height), Shade, -1);
        for (var value = 0.0; value <= top + (step / 2); value += step)
        {
            Cv2.Line(place, new Point(area.Left, Y(value)), new Point(area.Right, Y(value)), Grid);
            Text(place, Number(value), area.Left - 10, Y(value) + 5, alignRight: true);
        }
        for (var at = 0.0; at <= seconds; at += across)
        {
            Cv2.Line(place, new Point(X(at), area.Bottom), new Point(X(at), area.Bottom + 5), Ink);
            Text(place, $"{Number(at)} s", X(at) - 8, area.Bottom + 24);
        }
        Cv2.Rectangle(place, area, Ink);
        foreach (var line in lines)
        {
            var points = line.Points.Select(p => new Point(X(p.Seconds), Y(p.Value))).ToArray();
            if (points.Length > 0)
                Cv2.Polylines(place, [points], false, line.Colour, 2, LineTypes.AntiAlias);
        }
        Text(place, title, area.Left, 28, 0.6);
        Legend(place, lines);

        int X(double at) => area.Left + (int)Math.Round(area.Width * at / Math.Max(seconds, 1e-9));

        int Y(double value) => area.Bottom - (int)Math.Round(area.Height * value / top);
    }

    /// <summary>The least of 1, 2, 5, 10, … that is not below <paramref name="least"/>.</summary>
    internal static double Step(double least)
    {
        if (least <= 0)
            return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * new[] { 1.0, 2, 5, 10 }.First(f => f * power >= least * (1 - 1e-9));
    }

    private static void Legend(Mat place, IReadOnlyList<ChartLine> lines)
    {
        var x = place.Width - Right - (lines.Count * 100);
        foreach (var line in lines)
        {
            Cv2.Line(place, new Point(x, 24), new Point(x + 20, 24), line.Colour, 2, LineTypes.AntiAlias);
            Text(place, line.Name, x + 26, 28);
            x += 100;
        }
    }

    private static void Text(Mat place, string text, int x, int baseline, double scale = 0.45, bool alignRight = false)
    {
        var width = alignRight ? Cv2.GetTextSize(text, Font, scale, 1, out _).Width : 0;
        Cv2.PutText(place, text, new Point(x - width, baseline), Font, scale, Ink, 1, LineTypes.AntiAlias);
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
