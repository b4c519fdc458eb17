using OpenCvSharp;

namespace Mars.Inference.Frames;

/// <summary>Reads an encoded video file frame by frame with the FFmpeg inside OpenCV.</summary>
public sealed class VideoReader : IDisposable
{
    private readonly VideoCapture _capture;
    private TimeSpan _last = TimeSpan.MinValue;

    /// <summary>Opens <paramref name="path"/>.</summary>
    /// <exception cref="InvalidDataException">It is not a video that FFmpeg can read.</exception>
    public VideoReader(string path)
    {
        _capture = new VideoCapture(path, VideoCaptureAPIs.FFMPEG);
        if (!_capture.IsOpened())
        {
            _capture.Dispose();
            throw new InvalidDataException($"{Path.GetFileName(path)} is not a video that can be read");
        }
        var rate = _capture.Fps;
        FrameRate = rate is > 0 and < 1000 ? rate : 25;
    }

    /// <summary>Frames per second as the container states them, 25 when it states nonsense.</summary>
    public double FrameRate { get; }

    /// <summary>Pixels of a row, as the video states it.</summary>
    public int Width => _capture.FrameWidth;

    /// <summary>Rows.</summary>
    public int Height => _capture.FrameHeight;

    /// <summary>Reads the next frame.</summary>
    /// <param name="bgr">Filled with the frame, 8-bit BGR.</param>
    /// <param name="time">By the container's clock, strictly increasing.</param>
    /// <returns>False at the end.</returns>
    public bool TryRead(Mat bgr, out TimeSpan time)
    {
        time = default;
        if (!_capture.Read(bgr) || bgr.Empty())
            return false;
        time = TimeSpan.FromMilliseconds(Math.Max(0, _capture.Get(VideoCaptureProperties.PosMsec)));
        if (time <= _last)
            time = _last + TimeSpan.FromSeconds(1 / FrameRate); // containers without (true) time stamps
        _last = time;
        return true;
    }

    public void Dispose() => _capture.Dispose();
}
