using Mars.Client.Tests.Support;
using Mars.TestSupport;
using OpenCvSharp;

namespace Mars.Client.Tests.Commands;

/// <summary>Videos as they come: 12 to 30 frames a second, five containers, portrait, 1080p.</summary>
public sealed class RealClipTests(TestServer server) : IClassFixture<TestServer>
{
    private const double Rate = 25;
    private const int Clip = 16;
    private const int Stride = 4;

    [Fact]
    public async Task Watch_FastEveryWindow_AsManyAnswersAsWindowsAtTheModelsRate()
    {
        foreach (var path in Directory.GetFiles(SharedData.Video("clips")).Order(StringComparer.Ordinal))
        {
            var (exit, output, error) = await CommandLineTests.RunAsync("watch", path, "--fast", "--json", "--stride", $"{Stride}", "--server", server.Address.GetLeftPart(UriPartial.Authority));

            Assert.True(exit == 0, $"{path}: {error}");
            var summary = CommandLineTests.Lines(output)[^1];
            var (frames, ticks) = Ticks(path);
            Assert.Equal(frames, summary.GetProperty("framesSent").GetInt64());
            // A time stamp that lies between two ticks may go to either.
            var answers = summary.GetProperty("windowsAnswered").GetInt64();
            Assert.True(answers >= Windows(ticks - 1) && answers <= Windows(ticks + 1), $"{path}: {answers} answers, {Windows(ticks)} windows of {ticks} ticks");
        }
    }

    private static long Windows(long ticks) => ticks < Clip ? 0 : ((ticks - Clip) / Stride) + 1;

    // From the first frame to the end of the last one.
    private static (long Frames, long Ticks) Ticks(string path)
    {
        using var capture = new VideoCapture(path, VideoCaptureAPIs.FFMPEG);
        using var frame = new Mat();
        var times = new List<double>();
        while (capture.Read(frame))
            times.Add(capture.PosMsec / 1000.0);
        var interval = times.Count > 1 && times[^1] > times[0] ? (times[^1] - times[0]) / (times.Count - 1) : 1 / capture.Fps;
        return (times.Count, (long)Math.Round(interval * times.Count * Rate));
    }
}
