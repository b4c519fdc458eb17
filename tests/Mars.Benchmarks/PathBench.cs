using System.Diagnostics;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mars.Inference.Batching;
using Mars.Inference.Frames;
using Mars.Inference.Models;
using Mars.Inference.Serving;
using Mars.Inference.Sessions;
using Mars.Inference.Windowing;
using Mars.Server.Streams;
using Mars.V1;
using OpenCvSharp;
using Window = Mars.Inference.Windowing.Window;

namespace Mars.Benchmarks;

/// <summary>What everything but the network costs, step by step and served, and how much of the network's speed a server of many cameras keeps.</summary>
internal static class PathBench
{
    private const int Runs = 300;
    private const int ServedFrames = 600;

    public static async Task<int> RunAsync(PathOptions options)
    {
        var (models, rounds, seconds) = (options.Models, options.Rounds, options.Seconds);
        var jpeg = Jpeg(options);
        var package = Capacity.PackageOf(models);
        Console.WriteLine($"JPEG of {jpeg.Length / 1000} kB, model {package.Key}, {Environment.ProcessorCount} cores");

        var steps = Steps(jpeg, package);
        foreach (var (name, usual, most) in steps)
            Console.WriteLine($"{name,-34} {usual,8:F3} ms   (nine of ten under {most:F3})");
        Console.WriteLine($"{"all steps, one core",-34} {steps.Sum(s => s.Median),8:F3} ms");

        await using var server = await BenchServer.StartAsync(models);
        var served = await ServedAsync(server, jpeg);
        Console.WriteLine($"{"a frame served, one core",-34} {served,8:F3} ms   (the server's processor time: HTTP/2, message, decode, window; no reply)");

        // In turn, in short rounds, and each first as often as second: the machine's speed may change from one minute to the next.
        using var session = OrtClipSession.Load(package.Graph, package.Manifest.ClipLength, package.Manifest.Size, new SessionSettings { MaxBatch = 8 });
        session.WarmUp();
        var ratios = new List<double>();
        for (var round = 1; round <= rounds; round++)
        {
            var before = round % 2 == 1 ? Bare(session, seconds) : 0;
            var windows = (await Capacity.MeasureAsync(server, package.Manifest.Name, Capacity.Cameras, seconds)).Rate;
            var bare = round % 2 == 1 ? before : Bare(session, seconds);
            ratios.Add(windows / bare);
            Console.WriteLine($"round {round}: bare loop {bare:F1} windows/s, server of {Capacity.Cameras} cameras {windows:F1} windows/s: {windows / bare:F3}");
        }
        ratios.Sort();
        var median = ratios[rounds / 2];
        Console.WriteLine($"server over bare loop, median: {median:F3} ({ratios[0]:F3} to {ratios[^1]:F3})");
        if (options.Json is { } file)
        {
            File.WriteAllText(file, JsonSerializer.Serialize(new
            {
                steps_ms = steps.ToDictionary(s => s.Name, s => s.Median),
                steps_sum_ms = steps.Sum(s => s.Median),
                served_frame_ms = served,
                server_over_bare_loop = median,
            }));
        }
        return 0;
    }

    /// <summary>For a profiler: nothing but frames that are served, again and again.</summary>
    public static async Task<int> ServeAsync(PathOptions options)
    {
        var jpeg = Jpeg(options);
        await using var server = await BenchServer.StartAsync(options.Models);
        var times = new List<double>();
        for (var round = 0; round < options.Rounds; round++)
            times.Add(await ServedAsync(server, jpeg));
        times.Sort();
        Console.WriteLine($"a frame served (JPEG of {jpeg.Length / 1000} kB), ms of one core: median {times[times.Count / 2]:F2} ({times[0]:F2} to {times[^1]:F2} of {times.Count} rounds of {ServedFrames} frames)");
        return 0;
    }

    private static byte[] Jpeg(PathOptions options) => options.Picture is { } picture ? File.ReadAllBytes(picture) : Picture(1920, 1080);

    private static List<(string Name, double Median, double Most)> Steps(byte[] jpeg, ModelPackage package)
    {
        var manifest = package.Manifest;
        var decoder = new FrameDecoder(new FrameLimits(), manifest.Size);
        var frameBytes = decoder.FrameBytes;
        var ring = new FrameRing(manifest.ClipLength + 8, frameBytes);
        var clip = new byte[manifest.ClipLength * frameBytes];
        for (var i = 0; i < manifest.ClipLength; i++)
            ring.Commit(default);
        var steps = new List<(string, double, double)>
        {
            Time("decode, resize, crop into the ring", () => decoder.Decode(jpeg, PixelLayout.Encoded, 0, 0, ring.Next)),
            Time("commit and cut a window", () =>
            {
                ring.Commit(default);
                ring.TryCopyTo(ring.Ticks - manifest.ClipLength, clip);
            }),
        };
        using var session = OrtClipSession.Load(package.Graph, manifest.ClipLength, manifest.Size, new SessionSettings { MaxBatch = 1 });
        session.Run(1);
        var model = new ServedModel(package, ExecutionProvider.Cpu, null!);
        var composer = new PredictionComposer(new StreamSettings { CameraId = "a", Model = model, Stride = 4, EveryWindow = false, TopK = Math.Min(5, manifest.Classes) });
        var logits = session.Logits(0).ToArray();
        var window = new Window(0, default, new RingFrame(16, DateTimeOffset.UnixEpoch, true, 0), 0, default);
        var buffer = new byte[4096];
        steps.Add(Time("softmax, top 5, reply, its bytes", () =>
        {
            var message = new RecognizeStreamResponse { Prediction = composer.Compose(window, logits, new WindowTimes(TimeSpan.Zero, TimeSpan.Zero, 1)) };
            message.WriteTo(buffer.AsSpan(0, message.CalculateSize()));
        }));
        return steps;
    }

    private static (string, double, double) Time(string name, Action step)
    {
        var times = new List<double>(Runs);
        for (var i = 0; i < Runs + 30; i++)
        {
            var start = Stopwatch.GetTimestamp();
            step();
            if (i >= 30)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        return (name, times[Runs / 2], times[Runs * 9 / 10]);
    }

    private static async Task<double> ServedAsync(BenchServer server, byte[] jpeg)
    {
        using var call = server.Client.RecognizeStream();
        await call.RequestStream.WriteAsync(new RecognizeStreamRequest { Open = new OpenStream { CameraId = "a", Stride = 16, Mode = DeliveryMode.EveryWindow } });
        var data = ByteString.CopyFrom(jpeg);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var before = TimeSpan.Zero;
        // Every-window, so that none is left out for being late. Each frame a tick of the model's clock later, so that each is decoded, but for a gap before every fifteenth: it empties the window, so that the network never
        // runs. The first hundred frames warm the server up.
        for (var i = 0; i < ServedFrames + 100; i++)
        {
            if (i == 100)
            {
                await Task.Delay(500);
                before = server.ProcessorTime;
            }
            await call.RequestStream.WriteAsync(new RecognizeStreamRequest
            {
                Frame = new Frame { Sequence = (ulong)i + 1, CaptureTime = Timestamp.FromDateTimeOffset(start.AddMilliseconds((40 * i) + (i / 15 * 2000))), Data = data },
            });
        }
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(default))
        {
            // Nothing but the opening and notices of the gaps.
        }
        return (server.ProcessorTime - before).TotalMilliseconds / ServedFrames;
    }

    // The best setting that the session itself finds, full batches, nothing else to do.
    private static double Bare(OrtClipSession session, double seconds)
    {
        var (start, windows) = (Stopwatch.GetTimestamp(), 0);
        for (; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; windows += session.MaxBatch)
            session.Run(session.MaxBatch);
        return windows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // Noise of all sizes, the finer the fainter, as in photographs: frames of real videos of this size have 80 to 150 kB at qualities 75 to 92.
    private static byte[] Picture(int width, int height)
    {
        using var picture = new Mat(height, width, MatType.CV_32FC3, Scalar.All(110));
        for (var scale = 1; scale <= 256; scale *= 2)
        {
            using var noise = new Mat((height / scale) + 1, (width / scale) + 1, MatType.CV_32FC3);
            using var wide = new Mat();
            Cv2.Randn(noise, Scalar.All(0), Scalar.All(0.55 * Math.Sqrt(scale)));
            Cv2.Resize(noise, wide, new Size(width, height), 0, 0, InterpolationFlags.Cubic);
            Cv2.Add(picture, wide, picture);
        }
        using var bytes = new Mat();
        picture.ConvertTo(bytes, MatType.CV_8UC3);
        return bytes.ImEncode(".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, 85));
    }
}
