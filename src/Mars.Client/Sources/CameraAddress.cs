namespace Mars.Client.Sources;

/// <summary>Addresses of cameras hold passwords; what is printed must not.</summary>
internal static class CameraAddress
{
    private const string Hidden = "***";

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
        var at = address.LastIndexOf('@');
        if (start < 3 || at < start)
            return text;
        var user = address[start..at];
        return text.Replace(user, Hidden, StringComparison.Ordinal).Replace(Uri.UnescapeDataString(user), Hidden, StringComparison.Ordinal);
    }
}
