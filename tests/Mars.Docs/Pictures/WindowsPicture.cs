using Mars.Inference.Windowing;

namespace Mars.Docs.Pictures;

/// <summary>Frames of a camera and the windows that they fill, by the server's own window.</summary>
internal static class WindowsPicture
{
    private const int Frames = 36;
    private const int Stride = 4;
    private const double Rate = 25;
    private const int Left = 20;
    private const int Step = 22;
    private const int Top = 60;

    public static string Draw()
    {
        var svg = new Svg(Left + (Frames * Step) + 20, 296);
        svg.Text(Left, 24, $"A camera of 25 frames a second. A window is 16 frames; with stride {Stride} one is complete every {Stride} frames ({Stride / Rate:0.00} s).");
        var camera = new CameraWindow(new WindowOptions { ClipLength = 16, FrameBytes = 1, FrameRate = Rate, Stride = Stride }, TimeProvider.System);
        var windows = 0;
        for (var i = 1; i <= Frames; i++)
        {
            var time = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds((i - 1) / Rate);
            camera.Commit(new RingFrame((ulong)i, time, true, 0), camera.Sample(time));
            svg.Rect(X(i), Top, Step - 3, 22, Svg.Blue, 0.18, Svg.Blue);
            svg.Text(X(i) + ((Step - 3) / 2.0), Top + 15, $"{i}", size: 10, anchor: "middle");
            if (i % 5 == 1)
                svg.Text(X(i), Top - 8, $"{(i - 1) / Rate:0.0} s", Svg.Dim, 10);
            if (camera.TryTake(out var window))
                DrawWindow(svg, windows++, window);
        }
        svg.Text(Left, 284, "Each frame is decoded once and lies in the ring of its camera; windows share it.", Svg.Dim);
        return svg.ToString();
    }

    private static void DrawWindow(Svg svg, int index, Window window)
    {
        var (first, last) = ((int)window.First.Sequence, (int)window.Last.Sequence);
        var y = Top + 36 + (index * 28);
        svg.Rect(X(first), y, X(last) - X(first) + Step - 3, 20, Svg.Colour(index), 0.75);
        svg.Text(X(first) + 8, y + 14, $"window {index + 1}: frames {first} to {last}", "#ffffff", 11);
        svg.Text(X(last) + Step - 10, y + 14, $"complete at {(last - 1) / Rate:0.00} s", "#ffffff", 11, "end");
        svg.Line(X(last) + Step - 3, y - 2, X(last) + Step - 3, Top + 22, Svg.Faint);
    }

    private static double X(int frame) => Left + ((frame - 1) * Step);
}
