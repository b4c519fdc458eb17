using System.Security.Cryptography;
using Mars.Server.Configuration;
using Microsoft.Extensions.Options;

namespace Mars.Server.Security;

/// <summary>
/// Holds the certificates and reads their files again when they change: connections from then on get the new ones. Files that cannot be used, as half-written ones, leave the
/// old in force and are told in the log. By looking, not by the system's notices, which do not come from mounted secrets and network shares.
/// </summary>
internal sealed partial class CertificateStore(IOptions<TlsOptions> options, TimeProvider time, ILogger<CertificateStore> log) : BackgroundService
{
    private static readonly TimeSpan NearEnd = TimeSpan.FromDays(14);

    private readonly Lock _loading = new();
    private volatile ServerCertificates? _current;
    private string _seen = "";

    /// <summary>Those in force.</summary>
    public ServerCertificates Current
    {
        get
        {
            if (_current is { } current)
                return current;
            lock (_loading)
            {
                if (_current is null)
                {
                    _seen = Look();
                    Take(ServerCertificates.Load(options.Value));
                }
                return _current!;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Certificate.Length == 0)
            return;
        _ = Current;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.ReloadSeconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            Reload();
    }

    private void Reload()
    {
        var now = Look();
        if (now == _seen)
            return;
        _seen = now;
        try
        {
            Take(ServerCertificates.Load(options.Value));
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            LogRefused(options.Value.Certificate, exception.Message);
        }
    }

    private void Take(ServerCertificates certificates)
    {
        _current = certificates;
        LogLoaded(certificates.Own.Subject, certificates.Own.NotAfter.ToUniversalTime());
        if (certificates.Own.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime < NearEnd)
            LogNearEnd(certificates.Own.Subject);
    }

    // The old key is freed when the last handshake that uses it is over: by the runtime, not here.
    private string Look() => string.Join('\n', new[] { options.Value.Certificate, options.Value.Key, options.Value.ClientAuthority }.Where(f => f.Length > 0).Select(file =>
    {
        // A mounted secret is a link to a link.
        var info = new FileInfo(file);
        var target = info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
        return target.Exists ? $"{target.FullName} {target.Length} {target.LastWriteTimeUtc.Ticks}" : "missing";
    }));

    [LoggerMessage(1, LogLevel.Information, "the certificate of new connections is {Subject}, until {End:u}", EventName = "CertificateLoaded")]
    private partial void LogLoaded(string subject, DateTime end);

    [LoggerMessage(2, LogLevel.Error, "{File} or what belongs to it has changed and cannot be used; the certificate from before stays: {Reason}", EventName = "CertificateRefused")]
    private partial void LogRefused(string file, string reason);

    [LoggerMessage(3, LogLevel.Warning, "the certificate {Subject} ends within two weeks: replace its files, a restart is not needed", EventName = "CertificateNearEnd")]
    private partial void LogNearEnd(string subject);
}
