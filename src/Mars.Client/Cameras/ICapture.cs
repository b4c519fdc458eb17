using OpenCvSharp;

namespace Mars.Client.Cameras;

/// <summary>An open connection to a camera. Used by one thread.</summary>
internal interface ICapture : IDisposable
{
    /// <summary>Why it ended; meaningful once <see cref="TryRead"/> has returned false.</summary>
    CameraFault Fault { get; }

    /// <summary>Waits for the next frame. Connects on the first call.</summary>
    /// <returns>False when the camera is lost, or the call was cancelled.</returns>
    bool TryRead(Mat bgr, CancellationToken cancellationToken);
}
