namespace Mars.Client.Cameras;

/// <summary>Faults that several kinds of cameras have, with what to do.</summary>
internal static class CameraFaults
{
    public static string Refused(string status) => $"{status}: the camera refuses the login; check --user and --password-file or the login in the address, and whether the account is locked";

    public static string NotThere(string status) => $"{status}: the camera has nothing at this path; see its manual for the address of its stream";

    public static string Silent(TimeSpan silence, bool first) => first ? $"no frame within {silence.TotalSeconds:0} s" : $"frozen: no new frame for {silence.TotalSeconds:0} s";
}
