using System.Net;
using Mars.Server.Configuration;
using Microsoft.Extensions.Options;

namespace Mars.Server.Security;

/// <summary>One line for each refusal: who, from where, what, why. Never a key, a token or a header. Bounded: strangers must not fill the disk.</summary>
internal sealed partial class AuditLog(ILoggerFactory logs, IOptions<SecurityOptions> options, TimeProvider time)
{
    public const string Category = "Mars.Audit";
    private const int MaxLength = 200;

    private readonly ILogger _log = logs.CreateLogger(Category);
    private readonly Allowance _lines = new(options.Value.AuditLinesPerSecond, time);
    private readonly Lock _lock = new();
    private long _unlogged;

    public void Refused(HttpContext context, string why)
    {
        long unlogged;
        lock (_lock)
        {
            if (_lines.Wait() > TimeSpan.Zero)
            {
                _unlogged++;
                return;
            }
            _lines.Take(1);
            (unlogged, _unlogged) = (_unlogged, 0);
        }
        if (unlogged > 0)
            LogUnlogged(unlogged);
        var from = new IPEndPoint(context.Connection.RemoteIpAddress ?? IPAddress.None, context.Connection.RemotePort);
        LogRefused(OneLine(context.Features.Get<CallerAccess>()?.Name ?? "unknown"), from, OneLine(context.Request.Path), OneLine(why));
    }

    // Camera ids and names in tokens are chosen by callers: no line breaks, no terminal controls, no end of it.
    private static string OneLine(string text) =>
        string.Concat(text.Take(MaxLength).Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? '?' : c));

    [LoggerMessage(1, LogLevel.Warning, "refused {Caller} from {Address}: {Action}: {Reason}", EventName = "Refused")]
    private partial void LogRefused(string caller, IPEndPoint address, string action, string reason);

    [LoggerMessage(2, LogLevel.Warning, "{Count} refusals were not logged: there were too many at once", EventName = "RefusalsUnlogged")]
    private partial void LogUnlogged(long count);
}
