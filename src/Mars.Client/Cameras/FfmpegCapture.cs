using System.Buffers.Binary;
using OpenCvSharp;

namespace Mars.Client.Cameras;

/// <summary>
/// A camera on the network, by the program ffmpeg: the FFmpeg inside OpenCvSharp is built without network protocols (--disable-network).
/// It decodes, and passes each frame on as it comes as a BMP file, which tells its own size.
/// </summary>
/// <param name="address">Of the camera.</param>
/// <param name="options">How it is reached.</param>
/// <param name="time">The clock.</param>
/// <param name="body">What the address gives, where it is open already; null means that ffmpeg opens the address.</param>
internal sealed class FfmpegCapture(CameraAddress address, CaptureOptions options, TimeProvider time, Stream? body = null) : ICapture
{
    private const int BmpHeader = 54;
    private const int MaxPixels = 8192 * 8192;
    private const int MaxBytes = BmpHeader + (MaxPixels * 3);

    private FfmpegProcess? _run;
    private ITimer? _watchdog;
    private byte[] _bmp = new byte[BmpHeader];
    private bool _any;
    private volatile bool _silent;

    public CameraFault Fault { get; private set; }

    public bool TryRead(Mat bgr, CancellationToken cancellationToken)
    {
        try
        {
            _run ??= Start();
            using var cancelled = cancellationToken.Register(_run.Kill);
            Read(_run.Output, bgr);
            _any = true;
            _watchdog!.Change(options.Silence, Timeout.InfiniteTimeSpan);
            return true;
        }
        catch (CameraException error)
        {
            Fault = error.Fault;
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // What it said before it ended comes first: a silent camera's reason is none.
            Fault = FfmpegFaults.Of(_run!.Errors(), _silent ? CameraFaults.Silent(_any ? options.Silence : options.FirstFrame, !_any) : _any ? "the camera ended the stream" : null);
        }
        return false;
    }

    public void Dispose()
    {
        _watchdog?.Dispose();
        _run?.Dispose();
    }

    private FfmpegProcess Start()
    {
        var program = FfmpegProgram.Find();
        var rtsp = body is null && address.Scheme.StartsWith("rtsp", StringComparison.Ordinal);
        string[] transport = rtsp ? ["-rtsp_transport", options.Transport == RtspTransport.Auto ? "tcp" : options.Transport.ToString().ToLowerInvariant()] : [];
        // Decoding several frames at once would delay each by some; and a second is enough to see what a stream holds.
        var run = program.Start(
            [
                .. transport, "-max_pixels", $"{MaxPixels}", "-thread_type", "slice", "-analyzeduration", "1000000", "-i", body is null ? address.WithLogin() : "pipe:0",
                "-an", "-sn", "-dn", .. program.Passthrough, "-f", "image2pipe", "-c:v", "bmp", "-pix_fmt", "bgr24", "pipe:1",
            ],
            Uri.TryCreate(address.Plain, UriKind.Absolute, out var uri) && uri.IsLoopback ? uri.Host : null);
        _ = FeedAsync(run.Input);
        _watchdog = time.CreateTimer(
            _ =>
            {
                _silent = true;
                run.Kill();
            },
            null, options.FirstFrame, Timeout.InfiniteTimeSpan);
        return run;
    }

    private async Task FeedAsync(Stream input)
    {
        try
        {
            await using (input)
                await (body?.CopyToAsync(input) ?? Task.CompletedTask);
        }
        catch (Exception error) when (error is IOException or HttpRequestException or ObjectDisposedException or OperationCanceledException)
        {
            // Either side has ended: what is read from ffmpeg ends too, and says why.
        }
    }

    private void Read(Stream pipe, Mat bgr)
    {
        pipe.ReadExactly(_bmp, 0, BmpHeader);
        var length = BinaryPrimitives.ReadInt32LittleEndian(_bmp.AsSpan(2));
        if (_bmp[0] != 'B' || _bmp[1] != 'M' || length is < BmpHeader or > MaxBytes)
            throw new CameraException("ffmpeg gives something else than pictures");
        if (_bmp.Length < length)
            Array.Resize(ref _bmp, length);
        pipe.ReadExactly(_bmp, BmpHeader, length - BmpHeader);
        using var decoded = Mat.ImDecode(_bmp.AsSpan(0, length));
        if (decoded.Empty())
            throw new CameraException("a frame of ffmpeg cannot be read");
        decoded.CopyTo(bgr);
    }
}
