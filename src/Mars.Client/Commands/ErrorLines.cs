using Grpc.Core;
using Mars.Client.Sources;

namespace Mars.Client.Commands;

/// <summary>Errors that a user can do something about, as one line. Others are bugs and keep their stack trace.</summary>
internal static class ErrorLines
{
    public static string? Explain(Exception error) => error switch
    {
        ServerMissingException missing => missing.Message,
        MarsException { Status: StatusCode.Unknown } failure => failure.Message,
        MarsException { Status: StatusCode.Unauthenticated } failure => $"{failure.Message} (UNAUTHENTICATED): give --api-key KEY or set MARS_API_KEY; for a token --token or MARS_TOKEN",
        MarsException { Status: StatusCode.Aborted } failure => $"{failure.Message} (ABORTED): give each camera an id of its own with --camera ID",
        MarsException failure => $"{failure.Message} ({Name(failure.Status)})",
        SourceException or IOException or UnauthorizedAccessException => error.Message,
        DllNotFoundException or TypeInitializationException => $"a native library does not load ({Innermost(error).Message}); on Debian: apt-get install -y --no-install-recommends libgtk-3-0",
        OperationCanceledException => "cancelled",
        _ => null,
    };

    private static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;

    // INVALID_ARGUMENT, as the gRPC documents write it.
    private static string Name(StatusCode status) =>
        string.Concat(status.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));
}
