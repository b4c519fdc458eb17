namespace Mars.Client.Cameras;

/// <summary>The address of a camera on the network, its login apart from it.</summary>
/// <param name="Plain">Without user and password.</param>
/// <param name="User">Null where there is none.</param>
/// <param name="Password">Null where there is none.</param>
internal sealed record CameraAddress(string Plain, string? User, string? Password)
{
    private const string Hidden = "***";
    private const string Escapes = "in a user name or password write # as %23, / as %2F, ? as %3F, @ as %40, : as %3A and % as %25, or give them by --user and --password-file";

    /// <summary>Scheme, in lower case.</summary>
    public string Scheme => Plain[..Plain.IndexOf("://", StringComparison.Ordinal)].ToLowerInvariant();

    /// <summary>Takes an address apart.</summary>
    /// <param name="address">scheme://user:password@host:port/path?query, user and password percent-encoded.</param>
    /// <param name="parsed">The result.</param>
    /// <param name="fault">What is wrong with it, without its password.</param>
    public static bool TryParse(string address, out CameraAddress parsed, out string fault)
    {
        var start = address.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = address.IndexOfAny(['/', '?', '#'], start);
        var authority = end < 0 ? address[start..] : address[start..end];
        var at = authority.LastIndexOf('@');
        parsed = new CameraAddress(address, null, null);
        if (at >= 0)
        {
            var login = authority[..at];
            var colon = login.IndexOf(':', StringComparison.Ordinal);
            parsed = new CameraAddress(
                address.Remove(start, at + 1),
                login.Length == 0 ? null : Uri.UnescapeDataString(colon < 0 ? login : login[..colon]),
                colon < 0 ? null : Uri.UnescapeDataString(login[(colon + 1)..]));
        }
        // ffmpeg has addresses without a host for these: udp://:1234
        var free = parsed.Scheme is not ("http" or "https" or "rtsp" or "rtsps");
        var cut = at < 0 && end >= 0 && address.IndexOf('@', end) > 0 && LooksCut(authority, address[end]);
        fault = cut
            ? $"{Masked(address)} is not a valid address: {Escapes}"
            : free || (Uri.TryCreate(parsed.Plain, UriKind.Absolute, out var uri) && uri.Host.Length > 0)
                ? ""
                : $"{Masked(address)} is not a valid address ({parsed.Scheme}://host:port/path); {Escapes}";
        return fault.Length == 0;
    }

    /// <summary>With another login, where one is given.</summary>
    public CameraAddress With(string? user, string? password) => this with { User = user ?? User, Password = password ?? Password };

    /// <summary>With user and password in it, for programs that take them so.</summary>
    public string WithLogin()
    {
        if (User is null)
            return Plain;
        var login = Password is null ? Uri.EscapeDataString(User) : $"{Uri.EscapeDataString(User)}:{Uri.EscapeDataString(Password)}";
        return Plain.Insert(Plain.IndexOf("://", StringComparison.Ordinal) + 3, $"{login}@");
    }

    /// <summary>The address without user, password and query (where some cameras take the password). Also of what is no valid address: people mistype.</summary>
    public static string Masked(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return address;
        var start = scheme + 3;
        // The last @: a password may hold one, and a slash and a question mark too.
        var at = address.LastIndexOf('@');
        var host = at < start ? address[start..] : $"{Hidden}@{address[(at + 1)..]}";
        var query = host.IndexOf('?', StringComparison.Ordinal);
        return address[..start] + (query < 0 ? host : $"{host[..query]}?{Hidden}");
    }

    /// <summary>A text about the address, without what <see cref="Masked"/> leaves out.</summary>
    public static string MaskedIn(string text, string address)
    {
        text = text.Replace(address, Masked(address), StringComparison.Ordinal);
        var start = address.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3)
            return text;
        var query = address.IndexOf('?', start);
        if (query > 0 && query + 1 < address.Length)
            text = text.Replace(address[(query + 1)..], Hidden, StringComparison.Ordinal);
        var at = address.LastIndexOf('@');
        if (at <= start)
            return text;
        var user = address[start..at];
        return text.Replace(user, Hidden, StringComparison.Ordinal).Replace(Uri.UnescapeDataString(user), Hidden, StringComparison.Ordinal);
    }

    // admin:pa#ss@host: the part before the sign reads as a host with a port that is no number, or as a short name with a port that is part of a password.
    private static bool LooksCut(string authority, char sign)
    {
        var colon = authority.LastIndexOf(':');
        if (sign == '#')
            return true;
        if (colon <= 0 || authority[colon - 1] == ']')
            return false;
        return !ushort.TryParse(authority[(colon + 1)..], out _) || !(authority[..colon].Contains('.', StringComparison.Ordinal) || authority.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase));
    }
}
