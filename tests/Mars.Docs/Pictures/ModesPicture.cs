using System.Diagnostics.Metrics;
using Mars.Inference.Batching;
using Mars.Inference.Diagnostics;
using Mars.Inference.Models;
using Mars.Inference.Sessions;
using Mars.Inference.Windowing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Mars.Docs.Pictures;

/// <summary>What becomes of windows when a run takes longer than they come apart, in both modes, by the server's own scheduler.</summary>
internal static class ModesPicture
{
    private const double Seconds = 2.4;
    private const double Stride = 0.16; // 4 frames
    private const double Run = 0.4;
    private const int Capacity = 2;
    private const int Left = 110;
    private const double PixelsASecond = 290;

    public static string Draw(string package)
    {
        var svg = new Svg(850, 330);
        svg.Text(20, 24, $"A window every {Stride} s, on a machine that needs {Run} s for one: two and a half times too slow.");
        Panel(svg, 44, "live: the newest window wins, and an answer is at most two runs old", ModelPackage.Load(package), everyWindow: false);
        Panel(svg, 188, $"every-window: none is left out; with {Capacity} under way the server stops reading, and the camera is held back (red)", ModelPackage.Load(package), everyWindow: true);
        return svg.ToString();
    }

    private static void Panel(Svg svg, double y, string title, ModelPackage package, bool everyWindow)
    {
        svg.Text(20, y + 12, title, Svg.Dim);
        svg.Text(20, y + 40, "complete");
        svg.Text(20, y + 76, "run");
        svg.Text(20, y + 112, "answered");
        for (var second = 0.0; second < Seconds; second += 0.5)
            svg.Line(X(second), y + 22, X(second), y + 122, Svg.Faint);
        var time = new FakeTimeProvider();
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new InferenceMetrics(meters.GetRequiredService<IMeterFactory>());
        var camera = new Camera(svg, y, time, everyWindow);
        using var scheduler = new WindowScheduler(package, [new SlowSession(camera)], new SchedulerOptions(), metrics, time, _ => { }, start: false);
        using var queue = scheduler.Add(new FrameRing(64, SlowSession.FrameBytes), camera, new QueueOptions { EveryWindow = everyWindow, Capacity = Capacity });
        camera.Queue = queue;
        while (camera.Now < Seconds - Run)
        {
            camera.PassUntil(camera.Now + 0.01);
            _ = scheduler.Step();
        }
    }

    private static double X(double seconds) => Left + (seconds * PixelsASecond);

    // Sends windows as time passes, and draws what becomes of them.
    private sealed class Camera(Svg svg, double y, FakeTimeProvider time, bool everyWindow) : IWindowSink
    {
        private readonly DateTimeOffset _start = time.GetUtcNow();
        private Task _sending = Task.CompletedTask;
        private double _next = Stride;
        private bool _heldBack;
        private double _held;
        private long _sent;

        public CameraQueue Queue { get; set; } = null!;

        public double Now => (time.GetUtcNow() - _start).TotalSeconds;

        public void PassUntil(double second)
        {
            while (Now < second - 1e-9)
            {
                time.Advance(TimeSpan.FromSeconds(0.01));
                if (!_heldBack && Now >= _next - 1e-9 && Now < Seconds - 0.1)
                    Send();
            }
        }

        public void Answer(in Window window, ReadOnlySpan<float> logits, WindowTimes times, ModelPackage model)
        {
            var number = (int)window.Last.Sequence;
            svg.Rect(X(Now - Run), y + 62, (Run * PixelsASecond) - 2, 20, Svg.Colour(number), 0.75);
            svg.Text(X(Now - Run) + 8, y + 76, $"window {number}", "#ffffff", 11);
            svg.Rect(X(Now) - 10, y + 98, 20, 20, Svg.Colour(number), 0.18, Svg.Colour(number));
            svg.Text(X(Now), y + 112, $"{number}", size: 11, anchor: "middle");
            if (!everyWindow)
                return;
            Queue.Release();
            if (!_heldBack)
                return;
            _heldBack = false;
            _sending.GetAwaiter().GetResult(); // there is room now
            svg.Rect(X(_held) + 12, y + 33, (Now - _held) * PixelsASecond - 12, 6, Svg.Red, 0.6);
            _next = Now + Stride;
        }

        public void Drop(in Window window, WindowOutcome outcome)
        {
            // Told when the newer one comes: the cross belongs to where the older one stands.
            var x = X(window.Last.CaptureTime.ToUnixTimeMilliseconds() / 1000.0);
            svg.Line(x - 12, y + 24, x + 12, y + 48, Svg.Red, 2);
            svg.Line(x - 12, y + 48, x + 12, y + 24, Svg.Red, 2);
        }

        public void Retire()
        {
        }

        private void Send()
        {
            _next += Stride;
            var frame = new RingFrame((ulong)++_sent, DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(Now * 1000)), true, 0);
            svg.Rect(X(Now) - 10, y + 26, 20, 20, Svg.Colour((int)_sent), 0.18, Svg.Colour((int)_sent));
            svg.Text(X(Now), y + 40, $"{_sent}", size: 11, anchor: "middle");
            _sending = Queue.EnqueueAsync(new Window(0, frame, frame, time.GetTimestamp(), default), CancellationToken.None).AsTask();
            _held = Now;
            _heldBack = !_sending.IsCompleted;
        }
    }

    private sealed class SlowSession(Camera camera) : IClipSession
    {
        public const int FrameBytes = 12;

        private readonly byte[] _clip = new byte[16 * FrameBytes];

        public ClipShape Shape { get; } = new(16, 2, 1, 1);

        public int MaxBatch => 1;

        public Span<byte> Input(int index) => _clip;

        public void Run(int batch) => camera.PassUntil(camera.Now + ModesPicture.Run);

        public ReadOnlySpan<float> Logits(int index) => new float[1];

        public void Dispose()
        {
        }
    }
}
