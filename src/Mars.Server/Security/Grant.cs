using System.IO.Enumeration;

namespace Mars.Server.Security;

/// <summary>A role for the cameras of a pattern.</summary>
internal readonly record struct Grant(string Role, string Cameras)
{
    /// <summary>Reads publisher, viewer:door-* or administrator.</summary>
    /// <returns>Null where it is none of these.</returns>
    public static Grant? Read(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var grant = colon < 0 ? new Grant(text.Trim(), "*") : new Grant(text[..colon].Trim(), text[(colon + 1)..].Trim());
        var valid = CallerRole.All.Contains(grant.Role) && grant.Cameras.Length > 0 && (colon < 0 || grant.Role != CallerRole.Administrator);
        return valid ? grant : null;
    }

    public bool Reaches(string role, string camera) =>
        Role == CallerRole.Administrator || (Role == role && FileSystemName.MatchesSimpleExpression(Cameras, camera, ignoreCase: false));
}
