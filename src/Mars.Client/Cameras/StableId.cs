using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mars.Client.Cameras;

/// <summary>Ids of cameras that were given none: readable, at most 100 characters, the same after a restart, and different for different sources.</summary>
internal static class StableId
{
    private const int MaxLength = 100;

    // Parameters of queries that hold a login: neither shown, nor part of the id, which stays when a password changes.
    private static readonly string[] Secrets = ["user", "usr", "login", "account", "pass", "pwd", "psw", "token", "auth", "key", "secret", "sig"];

    /// <summary>Of an address: host, port, path and query, and a hash of the whole address without its login.</summary>
    public static string OfAddress(string plain)
    {
        if (!Uri.TryCreate(plain, UriKind.Absolute, out var uri))
            return OfName(plain);
        // Not Uri.ToString, which knows no default port of rtsp.
        var port = uri.Port < 0 || uri.IsDefaultPort || (uri.Scheme, uri.Port) is ("rtsp", 554) or ("rtsps", 322) ? "" : $":{uri.Port}";
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(p => !IsSecret(p)).ToArray();
        var whole = $"{uri.Host}{port}{uri.AbsolutePath.TrimEnd('/')}{(query.Length > 0 ? "?" : "")}{string.Join('&', query)}";
        return Shortened(Readable(Uri.UnescapeDataString(whole)), Hash($"{uri.Scheme}://{whole}"));
    }

    /// <summary>Of a file's or device's name: the name itself, shortened with a hash where it is too long or holds control characters.</summary>
    public static string OfName(string name)
    {
        var clean = string.Concat(name.EnumerateRunes().Select(r => Rune.IsControl(r) || r == Rune.ReplacementChar ? "-" : r.ToString())).Trim();
        return clean.Length is > 0 and <= MaxLength && clean == name ? name : Shortened(clean, Hash(name));
    }

    private static bool IsSecret(string parameter) =>
        Secrets.Any(secret => parameter.Split('=')[0].Contains(secret, StringComparison.OrdinalIgnoreCase));

    private static string Readable(string text)
    {
        var readable = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c) || c is '.' or '_')
                readable.Append(c);
            else if (readable.Length > 0 && readable[^1] != '-')
                readable.Append('-');
        }
        return readable.ToString().Trim('-');
    }

    private static string Shortened(string text, string hash)
    {
        var length = Math.Min(text.Length, MaxLength - hash.Length - 1);
        if (length > 0 && length < text.Length && char.IsHighSurrogate(text[length - 1]))
            length--;
        return length <= 0 ? hash : $"{text[..length]}-{hash}";
    }

    private static string Hash(string text) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 4)).ToLower(CultureInfo.InvariantCulture);
}
