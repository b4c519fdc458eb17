namespace Mars.Client.Cameras;

/// <summary>How a camera is reached.</summary>
internal sealed record CaptureOptions
{
    /// <summary>User name at the camera; null means the one in its address.</summary>
    public string? User { get; init; }

    /// <summary>Password at the camera; null means the one in its address.</summary>
    public string? Password { get; init; }

    /// <summary>Of rtsp:// and rtsps:// addresses.</summary>
    public RtspTransport Transport { get; init; }

    /// <summary>Requests per second to an address that gives one picture a request.</summary>
    public double SnapshotRate { get; init; } = 25;

    /// <summary>How long a connection may take until its first frame. A stream begins with a key frame, which may be ten seconds away.</summary>
    public TimeSpan FirstFrame { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A camera without a frame for so long is lost, whatever its connection says.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);
}
