using OpenCvSharp;

namespace Mars.Client.Load;

/// <summary>Draws a run: capture to decision over time, and below it the memory of the server.</summary>
internal static class LoadPicture
{
    private const int Width = 1000;
    private const int Height = 340;

    private static readonly Scalar Blue = new(180, 119, 31);
    private static readonly Scalar Orange = new(14, 127, 255);
    private static readonly Scalar Green = new(44, 160, 44);

    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Draw(string path, LoadResult result)
    {
        var samples = result.Timeline;
        var answered = samples.Where(s => s.Answered > 0).ToList();
        var watched = samples.Where(s => s.ServerMb is not null).ToList();
        using var picture = new Mat(watched.Count > 0 ? 2 * Height : Height, Width, MatType.CV_8UC3, Scalar.White);
        var seconds = samples.Count > 0 ? samples[^1].Seconds : 1;
        Chart.Draw(
            picture[new Rect(0, 0, Width, Height)], $"{result.Options.Cameras} cameras: capture to decision, ms", seconds, result.Options.CountFrom.TotalSeconds,
            [
                new ChartLine("p50", Blue, [.. answered.Select(s => (s.Seconds, s.Delay.P50))]),
                new ChartLine("p99", Orange, [.. answered.Select(s => (s.Seconds, s.Delay.P99))]),
            ]);
        if (watched.Count > 0)
        {
            Chart.Draw(
                picture[new Rect(0, Height, Width, Height)], "memory of the server, MB", seconds, result.Options.CountFrom.TotalSeconds,
                [new ChartLine("resident", Green, [.. watched.Select(s => (s.Seconds, s.ServerMb!.Value))])]);
        }
        if (!Cv2.ImWrite(path, picture))
            throw new IOException($"cannot write {path}");
    }
}
