using System.Text;
using Microsoft.Net.Http.Headers;

namespace Mars.Server.Security;

/// <summary>What a request says of who sends it: x-api-key, or authorization with Bearer (a key or a token), or Basic (browsers; the password is the key).</summary>
internal static class Credentials
{
    public const string KeyHeader = "x-api-key";
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";

    /// <summary>The key, if one was given.</summary>
    public static string? Key(HttpRequest request)
    {
        if (request.Headers.TryGetValue(KeyHeader, out var header))
            return header.ToString();
        var authorization = request.Headers[HeaderNames.Authorization].ToString();
        if (authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
            return Password(authorization[Basic.Length..].Trim());
        return After(authorization) is { } bearer && !IsToken(bearer) ? bearer : null;
    }

    /// <summary>Whether a token (JWT) was given, and no key.</summary>
    public static bool HasToken(HttpRequest request) =>
        !request.Headers.ContainsKey(KeyHeader) && After(request.Headers[HeaderNames.Authorization].ToString()) is { } bearer && IsToken(bearer);

    private static string? After(string authorization) =>
        authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;

    // header.payload.signature
    private static bool IsToken(string bearer) => bearer.Count(c => c == '.') == 2;

    private static string Password(string encoded)
    {
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
            return "";
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }
}
