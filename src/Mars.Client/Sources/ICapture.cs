using OpenCvSharp;

namespace Mars.Client.Sources;

/// <summary>An open connection to a camera. Used by one thread.</summary>
internal interface ICapture : IDisposable
{
    /// <summary>Why it ended, as far as it is known.</summary>
    string Fault { get; }

    /// <summary>Waits for the next frame.</summary>
    /// <returns>False when the camera is lost.</returns>
    bool TryRead(Mat bgr, CancellationToken cancellationToken);
}
