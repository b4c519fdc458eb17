using Mars.Inference.Windowing;

namespace Mars.Docs.Pictures;

/// <summary>Which frame fills which tick of the model's clock, for cameras slower and faster than the model and one that falls silent, by the server's own window.</summary>
internal static class SamplingPicture
{
    private const double ModelRate = 25;
    private const double PixelsASecond = 1000;
    private const int Left = 20;
    private const int Width = 840;

    public static string Draw()
    {
        var svg = new Svg(Width, 452);
        svg.Text(Left, 24, "A model has a clock of 25 ticks a second. Each tick takes the nearest frame of the camera, by its capture time.");
        Row(svg, 44, "10 frames a second: each frame fills two or three ticks", Evenly(10, 0.75));
        Row(svg, 144, "25 frames a second that come unevenly: one a tick", Evenly(25, 0.75).Select((t, i) => t + ((i * 7 % 5 - 2) * 0.004)));
        Row(svg, 244, "60 frames a second: what no tick takes is left out (pale)", Evenly(60, 0.75));
        Row(svg, 344, "silent for longer than Mars:Streams:MaxGapSeconds (here 0.2 s): the window is emptied, and a notice says so", Evenly(25, 0.25).Concat(Evenly(25, 0.25).Select(t => t + 0.5)), gap: 0.2);
        return svg.ToString();
    }

    private static IEnumerable<double> Evenly(double rate, double seconds) => Enumerable.Range(0, (int)(rate * seconds)).Select(i => i / rate);

    private static void Row(Svg svg, double y, string title, IEnumerable<double> captured, double gap = 1)
    {
        svg.Text(Left, y + 14, title, Svg.Dim);
        var window = new CameraWindow(new WindowOptions { ClipLength = 16, FrameBytes = 1, FrameRate = ModelRate, Stride = 4, MaxGap = TimeSpan.FromSeconds(gap) }, TimeProvider.System);
        var start = 0.0; // of the run of ticks
        var sequence = 0;
        foreach (var at in captured)
        {
            var time = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(at);
            var sample = window.Sample(time);
            var colour = Svg.Colour(sequence++);
            svg.Rect(X(at) - 2, y + 24, 4, 16, colour, sample.RepeatCurrent == 0 ? 0.25 : 1);
            if (sample.RepeatCurrent == 0)
                continue;
            for (var i = 0; i < sample.RepeatPrevious; i++)
                Tick(svg, y, start, window, null, 0, Svg.Colour(sequence - 2));
            if (sample.Restarted)
                start = at;
            if (sample.Restarted)
                svg.Text(X(at) - 8, y + 36, "anew", Svg.Red, 11, "end");
            Tick(svg, y, start, window, new RingFrame((ulong)sequence, time, true, 0), at, colour, sample);
            for (var i = 1; i < sample.RepeatCurrent; i++)
                Tick(svg, y, start, window, null, at, colour);
        }
    }

    // Fills one tick, as the server does it, and draws it.
    private static void Tick(Svg svg, double y, double start, CameraWindow window, RingFrame? frame, double captured, string colour, Inference.Frames.Sample sample = default)
    {
        if (frame is { } taken)
            window.Commit(taken, sample);
        else
            window.Repeat();
        var x = X(start + ((window.RunTicks - 1) / ModelRate));
        var number = window.Ring.Frame(window.Ring.Ticks - 1).Sequence;
        if (frame is not null)
            svg.Line(X(captured), y + 40, x, y + 56, colour);
        svg.Rect(x - 16, y + 56, 32, 22, colour, 0.18, colour);
        svg.Text(x, y + 71, $"{number}", size: 11, anchor: "middle");
    }

    private static double X(double seconds) => Left + 20 + (seconds * PixelsASecond);
}
