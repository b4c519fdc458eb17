using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Mars.Server.Tests;
using Mars.Synthesis;
using Mars.Synthesis.Truth;
using Mars.V1;
using OpenCvSharp;

namespace Mars.Page.Tests;

/// <summary>A camera that shows a rendered film over and over, at its own pace and with the time of day.</summary>
internal sealed class FilmCamera : IAsyncDisposable
{
    private readonly Film _film;
    private readonly AsyncDuplexStreamingCall<RecognizeStreamRequest, RecognizeStreamResponse> _call;
    private readonly CancellationTokenSource _stop = new();
    private readonly Stopwatch _clock = new();
    private readonly Task _streaming;

    public FilmCamera(RunningServer server, string id, Film film, uint stride = 4)
    {
        _film = film;
        _call = server.Client.RecognizeStream(cancellationToken: _stop.Token);
        _streaming = Task.WhenAll(SendAsync(new OpenStream { CameraId = id, Stride = stride, Events = new EventOptions() }), ReadAsync());
    }

    /// <summary>What is done before the camera, or has been done until <paramref name="ago"/> ago.</summary>
    public IEnumerable<string> Doing(TimeSpan ago)
    {
        var now = _clock.Elapsed.TotalSeconds % _film.Seconds;
        return _film.Segments.Where(s => s.Start <= now && now <= s.End + ago.TotalSeconds).Select(s => s.Label);
    }

    /// <summary>Ends the stream as a camera does.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _streaming;
        }
        catch (Exception exception) when (exception is OperationCanceledException or RpcException)
        {
            // Told to.
        }
        _call.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync(OpenStream open)
    {
        await _call.RequestStream.WriteAsync(new RecognizeStreamRequest { Open = open }, _stop.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / _film.FrameRate));
        _clock.Start();
        for (ulong sequence = 1; await timer.WaitForNextTickAsync(_stop.Token); sequence++)
        {
            var frame = _film.Frames[(int)(_clock.Elapsed.TotalSeconds * _film.FrameRate) % _film.Frames.Count];
            await _call.RequestStream.WriteAsync(
                new RecognizeStreamRequest { Frame = new Frame { Sequence = sequence, CaptureTime = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()), Data = frame } }, _stop.Token);
        }
    }

    private async Task ReadAsync()
    {
        await foreach (var _ in _call.ResponseStream.ReadAllAsync(_stop.Token))
        {
            // The page is what is looked at.
        }
    }
}

/// <summary>Frames as JPEGs, and what is done in them.</summary>
internal sealed record Film(IReadOnlyList<ByteString> Frames, double FrameRate, IReadOnlyList<ActionSegment> Segments)
{
    private static readonly Dictionary<(string, int), Film> Rendered = [];

    public double Seconds => Frames.Count / FrameRate;

    /// <summary>Renders a film once.</summary>
    public static Film Of(int seed, params string[] labels)
    {
        var key = (string.Join(' ', labels), seed);
        if (!Rendered.TryGetValue(key, out var film))
        {
            var video = SyntheticVideo.Sequence(labels.Length == 0 ? null : Enumerable.Repeat(labels, 20).SelectMany(l => l).ToArray(), seed, 12);
            film = Rendered[key] = new Film([.. video.Render().Select(Jpeg)], video.Truth.FrameRate, video.Truth.Segments);
        }
        return film;
    }

    /// <summary>One colour for so many frames.</summary>
    public static ByteString Colour(Scalar bgr)
    {
        using var picture = new Mat(120, 160, MatType.CV_8UC3, bgr);
        return Jpeg(picture);
    }

    private static ByteString Jpeg(Mat picture) => ByteString.CopyFrom(picture.ImEncode(".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, 90)));
}
