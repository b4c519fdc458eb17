namespace Mars.Client.Cameras;

/// <summary>How an RTSP camera sends its packets.</summary>
internal enum RtspTransport
{
    /// <summary>TCP, and UDP where the camera refuses TCP.</summary>
    Auto,
    Tcp,
    Udp,
    Http,
}
