using System.Security.Claims;

namespace Mars.Server.Security;

/// <summary>Who calls, and what that caller may do. One for each known caller, or one for each call with a token.</summary>
/// <param name="name">As the configuration or the token says; as logs show it.</param>
/// <param name="grants">Its roles.</param>
/// <param name="budget">What it may still use.</param>
/// <param name="ended">Cancelled when its key was withdrawn or its token has run out.</param>
internal sealed class CallerAccess(string name, IReadOnlyCollection<Grant> grants, CallerBudget budget, CancellationToken ended)
{
    public string Name => name;

    public CallerBudget Budget => budget;

    public CancellationToken Ended => ended;

    public bool IsAdministrator => grants.Any(g => g.Role == CallerRole.Administrator);

    /// <summary>Whether what a camera produces may be shown to the caller.</summary>
    public bool MaySee(string camera) => grants.Any(g => g.Reaches(CallerRole.Viewer, camera));

    /// <summary>Whether the caller may send that camera's frames.</summary>
    public bool MayPublish(string camera) => grants.Any(g => g.Reaches(CallerRole.Publisher, camera));

    /// <summary>For ASP.NET's policies.</summary>
    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var claims = grants.Select(g => new Claim(ClaimTypes.Role, g.Role)).Prepend(new Claim(ClaimTypes.Name, name));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
    }
}
