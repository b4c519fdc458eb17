namespace Mars.Server.Security;

/// <summary>What callers may be. Also the names of the authorisation policies: an administrator passes them all.</summary>
internal static class CallerRole
{
    /// <summary>Sends frames: RecognizeStream, Recognize.</summary>
    public const string Publisher = "publisher";

    /// <summary>Sees what comes out: WatchCameras, ListCameras, ListModels, the page.</summary>
    public const string Viewer = "viewer";

    /// <summary>Everything, ReloadModels too.</summary>
    public const string Administrator = "administrator";

    public static readonly string[] All = [Publisher, Viewer, Administrator];
}
