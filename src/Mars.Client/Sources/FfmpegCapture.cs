using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using OpenCvSharp;

namespace Mars.Client.Sources;

/// <summary>
/// A camera on the network, by the program ffmpeg: the FFmpeg inside OpenCvSharp is built without network protocols (--disable-network).
/// It decodes, and passes each frame on as it comes as a BMP file, which tells its own size.
/// </summary>
internal sealed class FfmpegCapture : ICapture
{
    private const int BmpHeader = 54;
    private const int MaxPixels = 8192 * 8192;
    private const int MaxBytes = BmpHeader + (MaxPixels * 3);

    // A camera that is silent for so long is lost, whatever its connection says.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly ITimer _watchdog;
    private byte[] _bmp = new byte[BmpHeader];
    private volatile string _fault = "";

    /// <exception cref="SourceException">ffmpeg is not installed.</exception>
    public FfmpegCapture(string address, TimeProvider time)
    {
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        string[] transport = address.StartsWith("rtsp", StringComparison.OrdinalIgnoreCase) ? ["-rtsp_transport", "tcp"] : [];
        // Decoding several frames at once would delay each by some; and a second is enough to see what a stream holds.
        foreach (var argument in (string[])
            ["-nostdin", "-hide_banner", "-loglevel", "error", .. transport, "-max_pixels", $"{MaxPixels}", "-thread_type", "slice", "-analyzeduration", "1000000", "-i", address,
             "-an", "-sn", "-dn", "-fps_mode", "passthrough", "-f", "image2pipe", "-c:v", "bmp", "-pix_fmt", "bgr24", "pipe:1"])
        {
            start.ArgumentList.Add(argument);
        }
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new SourceException("cameras on the network need the program ffmpeg: apt-get install -y ffmpeg");
        }
        _process.ErrorDataReceived += (_, line) => _fault = line.Data is { Length: > 0 } said ? said : _fault;
        _process.BeginErrorReadLine();
        _watchdog = time.CreateTimer(_ => Kill("it is silent"), null, Silence, Timeout.InfiniteTimeSpan);
    }

    public string Fault => _fault;

    public bool TryRead(Mat bgr, CancellationToken cancellationToken)
    {
        using var cancelled = cancellationToken.Register(() => Kill("cancelled"));
        var pipe = _process.StandardOutput.BaseStream;
        try
        {
            pipe.ReadExactly(_bmp, 0, BmpHeader);
            var length = BinaryPrimitives.ReadInt32LittleEndian(_bmp.AsSpan(2));
            if (_bmp[0] != 'B' || _bmp[1] != 'M' || length is < BmpHeader or > MaxBytes)
                return false;
            if (_bmp.Length < length)
                Array.Resize(ref _bmp, length);
            pipe.ReadExactly(_bmp, BmpHeader, length - BmpHeader);
            _watchdog.Change(Silence, Timeout.InfiniteTimeSpan);
            using var decoded = Mat.ImDecode(_bmp.AsSpan(0, length));
            decoded.CopyTo(bgr);
            return !bgr.Empty();
        }
        catch (IOException)
        {
            // What it said before it ended is read by then.
            _process.WaitForExit(TimeSpan.FromSeconds(1));
            return false;
        }
    }

    public void Dispose()
    {
        _watchdog.Dispose();
        Kill("closed");
        _process.Dispose();
    }

    private void Kill(string fault)
    {
        if (_fault.Length == 0)
            _fault = fault;
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }
}
