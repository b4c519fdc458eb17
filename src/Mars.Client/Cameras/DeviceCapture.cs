using OpenCvSharp;

namespace Mars.Client.Cameras;

/// <summary>A camera on this machine (/dev/videoN), by Video4Linux.</summary>
internal sealed class DeviceCapture(string device) : ICapture
{
    private VideoCapture? _capture;
    private bool _any;

    public CameraFault Fault => CameraFault.Lost(Explain());

    public bool TryRead(Mat bgr, CancellationToken cancellationToken)
    {
        // What is missing, or not readable, is asked for below: OpenCV's reasons are lines on standard error.
        _capture ??= File.Exists(device) ? new VideoCapture(device, VideoCaptureAPIs.V4L2) : null;
        // Read itself gives up after ten seconds without a frame.
        var read = _capture is not null && _capture.IsOpened() && _capture.Read(bgr) && !bgr.Empty();
        _any |= read;
        return read;
    }

    public void Dispose() => _capture?.Dispose();

    private string Explain()
    {
        if (!File.Exists(device))
            return _any ? "the device is gone; is the camera plugged in?" : "there is no such device; v4l2-ctl --list-devices shows what there is";
        if (_any)
            return "frozen, or unplugged: no new frame";
        try
        {
            using var open = File.OpenHandle(device);
        }
        catch (UnauthorizedAccessException)
        {
            return "permission denied; add this user to the group video, then log in again";
        }
        catch (IOException error)
        {
            return error.Message;
        }
        return _capture?.IsOpened() == true ? "it gives no pictures" : "it is no camera, or another program uses it";
    }
}
