using System.Text.RegularExpressions;

namespace Mars.Client.Cameras;

/// <summary>What the lines of ffmpeg say about a camera.</summary>
internal static partial class FfmpegFaults
{
    /// <summary>The fault that the last lines tell.</summary>
    /// <param name="lines">Of standard error, the last one last.</param>
    /// <param name="cause">Why this program ended ffmpeg, or what the end of its output means; null where only ffmpeg knows.</param>
    public static CameraFault Of(IReadOnlyList<string> lines, string? cause)
    {
        // The last line is often general ("Input/output error"), and the one before it says what failed.
        var last = lines.Where(l => l.Trim().Length > 0).TakeLast(2).Select(l => Origin().Replace(l, "").Trim());
        var text = string.Join("; ", last.Distinct());
        if (Status().Match(text) is not { Success: true } match)
            return CameraFault.Lost(cause is null ? text.Length > 0 ? text : "ffmpeg ended without a frame and without a reason" : text.Length > 0 ? $"{cause} (ffmpeg: {text})" : cause);
        var status = match.Value.TrimEnd('.', ' ');
        return match.Groups[1].Value switch
        {
            "401" or "403" => new CameraFault(FaultKind.Refused, CameraFaults.Refused(status)),
            "404" or "454" or "410" => CameraFault.Lost(CameraFaults.NotThere(status)),
            "461" => CameraFault.Lost($"{status}: the camera does not send this way; choose another --rtsp-transport"),
            _ => CameraFault.Lost(text),
        };
    }

    /// <summary>Whether a camera does not send over TCP.</summary>
    public static bool RefusesTcp(string reason) =>
        reason.StartsWith("461", StringComparison.Ordinal)
        || reason.Contains("Protocol not supported", StringComparison.Ordinal)
        || reason.Contains("Nonmatching transport", StringComparison.Ordinal);

    // [rtsp @ 0x55d0c0a0], the part of ffmpeg that speaks.
    [GeneratedRegex(@"^(\[[^\]]+ @ 0x[0-9a-fA-F]+\] )+")]
    private static partial Regex Origin();

    // "method DESCRIBE failed: 401 Unauthorized", "Server returned 404 Not Found"
    [GeneratedRegex(@"(?<=failed: |returned |error )([45]\d\d)\b[^(:;]*")]
    private static partial Regex Status();
}
