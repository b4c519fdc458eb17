using Mars.Client.Cameras;
using OpenCvSharp;

namespace Mars.Client.Sources;

/// <summary>A video file, by the FFmpeg inside OpenCV.</summary>
internal sealed class VideoFileSource : IFrameSource
{
    private readonly VideoCapture _capture;
    private TimeSpan? _first;
    private TimeSpan _last;

    public VideoFileSource(string path)
    {
        Name = StableId.OfName(Path.GetFileNameWithoutExtension(path));
        _capture = new VideoCapture(path, VideoCaptureAPIs.FFMPEG);
        if (!_capture.IsOpened())
        {
            _capture.Dispose();
            throw new SourceException($"{path} is not a video that can be read");
        }
        FrameRate = _capture.Fps is > 0 and < 1000 ? _capture.Fps : 25;
    }

    public string Name { get; }

    public bool IsLive => false;

    public double FrameRate { get; }

    public bool TryRead(SourceFrame frame, CancellationToken cancellationToken)
    {
        if (!_capture.Read(frame.Pixels) || frame.Pixels.Empty())
            return false;
        var time = TimeSpan.FromMilliseconds(Math.Max(0, _capture.Get(VideoCaptureProperties.PosMsec)));
        if (_first is null)
            _first = time;
        else if (time <= _last)
            time = _last + TimeSpan.FromSeconds(1 / FrameRate); // containers without (true) time stamps
        _last = time;
        frame.Time = time - _first.Value;
        return true;
    }

    public void Dispose() => _capture.Dispose();
}
