using OpenCvSharp;

namespace Mars.Client.Sources;

/// <summary>A camera on this machine (/dev/videoN), by Video4Linux.</summary>
internal sealed class DeviceCapture(string device) : ICapture
{
    private readonly VideoCapture _capture = new(device, VideoCaptureAPIs.V4L2);

    public string Fault => _capture.IsOpened() ? "it gives no pictures" : "there is no such device, or another program uses it";

    public bool TryRead(Mat bgr, CancellationToken cancellationToken) => _capture.IsOpened() && _capture.Read(bgr) && !bgr.Empty();

    public void Dispose() => _capture.Dispose();
}
