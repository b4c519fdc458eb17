namespace Mars.Server.Security;

/// <summary>
/// Authorisation policies, for RequireAuthorization and [Authorize]. An endpoint that names none needs <see cref="Caller"/>: what is forgotten is closed.
/// They ask for the role alone; whether it reaches a certain camera is for <see cref="CallerAccess"/> to say.
/// </summary>
internal static class Policies
{
    /// <summary>Anyone who is known.</summary>
    public const string Caller = "caller";

    /// <summary>Publishers of some camera.</summary>
    public const string Publisher = CallerRole.Publisher;

    /// <summary>Viewers of some camera.</summary>
    public const string Viewer = CallerRole.Viewer;

    /// <summary>Publishers and viewers.</summary>
    public const string PublisherOrViewer = "publisher or viewer";

    /// <summary>Administrators.</summary>
    public const string Administrator = CallerRole.Administrator;

    /// <summary>/metrics: as Mars:Security:Metrics says.</summary>
    public const string Metrics = "metrics";
}
