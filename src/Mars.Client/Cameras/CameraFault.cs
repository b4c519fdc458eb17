namespace Mars.Client.Cameras;

/// <summary>Why a connection to a camera ended or could not be made.</summary>
/// <param name="Kind">What may help.</param>
/// <param name="Reason">For people, on one line.</param>
internal readonly record struct CameraFault(FaultKind Kind, string Reason)
{
    /// <summary>A fault that may pass.</summary>
    public static CameraFault Lost(string reason) => new(FaultKind.Lost, reason);
}
