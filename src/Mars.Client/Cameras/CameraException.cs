namespace Mars.Client.Cameras;

/// <summary>A fault of a camera on its way to the capture that reports it.</summary>
internal sealed class CameraException(CameraFault fault) : Exception(fault.Reason)
{
    public CameraException(string reason)
        : this(CameraFault.Lost(reason))
    {
    }

    public CameraFault Fault => fault;
}
