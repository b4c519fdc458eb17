using Mars.Client.Sources;
using OpenCvSharp;

namespace Mars.Client.Demo;

/// <summary>
/// Draws a row of frames, one for each action at the middle of the window nearest to the action's own middle: the truth above, the best label and its score
/// below, green where it is right and red where it is wrong.
/// </summary>
internal static class FrameStrip
{
    private const int MaxCells = 8;
    private const int Side = 224;
    private const int Gap = 12;
    private const int Header = 40;
    private const int Footer = 64;
    private const HersheyFonts Font = HersheyFonts.HersheyDuplex;

    private static readonly Scalar Background = new(30, 26, 24);
    private static readonly Scalar Ink = new(235, 235, 235);
    private static readonly Scalar Faint = new(80, 74, 70);
    private static readonly Scalar Dim = new(150, 140, 132);
    private static readonly Scalar Green = new(96, 190, 74);
    private static readonly Scalar Red = new(74, 74, 226);

    public static void Draw(string path, DemoVideo video, IReadOnlyList<JudgedWindow> windows)
    {
        var chosen = Choose(video, windows);
        if (chosen.Count == 0)
            throw new SourceException("no window was answered: there is nothing to draw");
        using var strip = new Mat(Header + Side + Footer + (2 * Gap), Gap + (chosen.Count * (Side + Gap)), MatType.CV_8UC3, Background);
        using var source = new VideoFileSource(video.Path);
        using var frame = new SourceFrame();
        for (var cell = 0; cell < chosen.Count && source.TryRead(frame, default);)
        {
            while (cell < chosen.Count && frame.Time >= chosen[cell].Centre - TimeSpan.FromSeconds(0.5 / video.FrameRate))
                DrawCell(strip, Gap + (cell * (Side + Gap)), frame.Pixels, chosen[cell++]);
        }
        if (!Cv2.ImWrite(path, strip))
            throw new IOException($"cannot write {path}");
    }

    /// <summary>For each action (or, without truth, at even distances) the window nearest to its middle.</summary>
    internal static IReadOnlyList<JudgedWindow> Choose(DemoVideo video, IReadOnlyList<JudgedWindow> windows)
    {
        if (windows.Count == 0)
            return [];
        var actions = video.Truth.Where(t => t.Label != TruthSegment.Rest).ToList();
        var cells = actions.Count > 0 ? Math.Min(MaxCells, actions.Count) : MaxCells;
        var middles = Enumerable.Range(0, cells).Select(i => (i + 0.5) / cells)
            .Select(share => actions.Count > 0 ? Middle(actions[(int)(share * actions.Count)]) : windows[^1].Centre * share);
        return [.. middles.Select(middle => windows.MinBy(w => (w.Centre - middle).Duration())!).DistinctBy(w => w.Centre).OrderBy(w => w.Centre)];
    }

    private static TimeSpan Middle(TruthSegment segment) => (segment.Start + segment.End) / 2;

    private static void DrawCell(Mat strip, int x, Mat pixels, JudgedWindow window)
    {
        var side = Math.Min(pixels.Width, pixels.Height);
        using var centre = new Mat(pixels, new Rect((pixels.Width - side) / 2, (pixels.Height - side) / 2, side, side));
        using var place = new Mat(strip, new Rect(x, Gap + Header, Side, Side));
        Cv2.Resize(centre, place, new Size(Side, Side), 0, 0, side > Side ? InterpolationFlags.Area : InterpolationFlags.Cubic);

        Text(strip, window.Truth ?? "", x, Gap + 26, 0.62, Ink);
        Text(strip, $"{window.Centre.TotalSeconds:0.0} s", x + Side, Gap + 26, 0.42, Dim, alignRight: true);
        var colour = window.Kind switch { WindowKind.Right => Green, WindowKind.Wrong => Red, _ => Ink };
        var top = Gap + Header + Side;
        Text(strip, window.Predicted, x, top + 28, 0.62, colour);
        Text(strip, $"{window.Score:P0}", x + Side, top + 28, 0.5, colour, alignRight: true);
        Cv2.Rectangle(strip, new Rect(x, top + 40, Side, 8), Faint, -1);
        Cv2.Rectangle(strip, new Rect(x, top + 40, (int)Math.Round(Side * Math.Clamp(window.Score, 0, 1)), 8), colour, -1);
    }

    private static void Text(Mat strip, string text, int x, int baseline, double scale, Scalar colour, bool alignRight = false)
    {
        var readable = text.Replace('_', ' ');
        var width = Cv2.GetTextSize(readable, Font, scale, 1, out _).Width;
        Cv2.PutText(strip, readable, new Point(alignRight ? x - width : x, baseline), Font, scale, colour, 1, LineTypes.AntiAlias);
    }
}
