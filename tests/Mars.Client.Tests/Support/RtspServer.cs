using System.Diagnostics;
using System.Globalization;
using Mars.TestSupport;

namespace Mars.Client.Tests.Support;

/// <summary>A camera by GStreamer's RTSP server (Debian: gir1.2-gst-rtsp-server-1.0 and the plugins base, good, bad and ugly).</summary>
internal sealed class RtspServer : IDisposable
{
    private const string Needs = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer; Gst.init(None); "
        + "assert all(Gst.ElementFactory.find(e) for e in ('x264enc', 'x265enc', 'rtph264pay', 'rtph265pay', 'alawenc', 'videotestsrc', 'audiotestsrc'))";

    private static readonly Lazy<bool> IsHere = new(() =>
    {
        if (!File.Exists("/usr/bin/python3") || Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Needs]) { RedirectStandardError = true }) is not { } check)
            return false;
        using (check)
        {
            check.StandardError.ReadToEnd();
            check.WaitForExit();
            return check.ExitCode == 0;
        }
    });

    private readonly Process _process;

    private RtspServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts one, or skips the test.</summary>
    public static async Task<RtspServer> StartAsync(string arguments)
    {
        Ffmpeg.SkipWithout();
        Assert.SkipUnless(IsHere.Value, "GStreamer's RTSP server is not on this machine");
        var script = Path.Combine(SharedData.Root, "tests", "Mars.Client.Tests", "Support", "rtsp_server.py");
        var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]) { RedirectStandardOutput = true })!;
        var port = await process.StandardOutput.ReadLineAsync(Limits.Wait);
        return new RtspServer(process, int.Parse(port!, CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
