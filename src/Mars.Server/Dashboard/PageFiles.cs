using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Mars.Server.Dashboard;

/// <summary>The page's own files, which lie inside the assembly: there is nothing to deploy, and nothing comes from elsewhere.</summary>
internal static class PageFiles
{
    private const string Prefix = "page/";
    private const string Index = "index.html";

    // Only what comes from this server, and no script or style inside the HTML: a camera's name can never become code.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    public static void MapPageFiles(this IEndpointRouteBuilder routes)
    {
        var assembly = typeof(PageFiles).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
            var type = Types[Path.GetExtension(resource)];
            var name = resource[Prefix.Length..];
            routes.MapGet(name == Index ? "/" : $"/{Prefix}{name}", (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "no-cache"; // asked for each time, sent only if another
                context.Response.Headers.ContentSecurityPolicy = Policy;
                return Results.Bytes(bytes, type, entityTag: tag);
            });
        }
    }
}
