using System.Buffers.Binary;
using OpenCvSharp;

namespace Mars.Client.Cameras;

/// <summary>
/// A camera on the network, by the program ffmpeg: the FFmpeg inside OpenCvSharp is built without network protocols (--disable-network).
/// It decodes, and passes each frame on as it comes as a BMP file, which tells its own size.
/// </summary>
internal sealed class FfmpegCapture(CameraAddress address, CaptureOptions options, TimeProvider time) : ICapture
{
    private const int BmpHeader = 54;
    private const int MaxPixels = 8192 * 8192;
    private const int MaxBytes = BmpHeader + (MaxPixels * 3);

    private FfmpegRun? _run;
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

    private FfmpegRun Start()
    {
        var rtsp = address.Scheme.StartsWith("rtsp", StringComparison.Ordinal);
        string[] transport = rtsp ? ["-rtsp_transport", options.Transport == RtspTransport.Auto ? "tcp" : options.Transport.ToString().ToLowerInvariant()] : [];
        // Decoding several frames at once would delay each by some; and a second is enough to see what a stream holds.
        var run = new FfmpegRun(
        [
            "-nostdin", "-hide_banner", "-loglevel", "error", .. transport, "-max_pixels", $"{MaxPixels}", "-thread_type", "slice", "-analyzeduration", "1000000", "-i", address.WithLogin(),
            "-an", "-sn", "-dn", "-fps_mode", "passthrough", "-f", "image2pipe", "-c:v", "bmp", "-pix_fmt", "bgr24", "pipe:1",
        ]);
        _watchdog = time.CreateTimer(
            _ =>
            {
                _silent = true;
                run.Kill();
            },
            null, options.FirstFrame, Timeout.InfiniteTimeSpan);
        return run;
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
