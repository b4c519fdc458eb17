using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mars.Server.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Mars.Server.Security;

/// <summary>The callers of the configuration. Follows it while the server runs: a key that is taken out is refused at once, and the streams that it has open end.</summary>
internal sealed partial class CallerTable : IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly IValidateOptions<SecurityOptions>[] _checks;
    private readonly TimeProvider _time;
    private readonly ILogger<CallerTable> _log;
    private readonly IDisposable _watching;
    private volatile Entry[] _entries = [];

    public CallerTable(
        IOptions<SecurityOptions> options, IConfiguration configuration, IEnumerable<IValidateOptions<SecurityOptions>> checks, TimeProvider time, ILogger<CallerTable> log)
    {
        (_configuration, _checks, _time, _log) = (configuration, [.. checks], time, log);
        // Turning authentication on or off, and tokens, need a restart: an edit that goes wrong must not open the server.
        IsOpen = !options.Value.Authenticates;
        Everyone = new CallerAccess("anonymous", [new Grant(CallerRole.Administrator, "*")], new CallerBudget(options.Value.Limits, time), CancellationToken.None);
        Use(options.Value);
        _watching = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    /// <summary>Whether everyone may do everything.</summary>
    public bool IsOpen { get; }

    /// <summary>Who calls then.</summary>
    public CallerAccess Everyone { get; }

    public CallerAccess? FindByKey(string key)
    {
        if (!ApiKey.HasForm(key))
            return null;
        var hash = ApiKey.Hash(key);
        CallerAccess? found = null;
        // All of them, each in constant time: how long it takes tells nothing.
        foreach (var entry in _entries)
        {
            if (CryptographicOperations.FixedTimeEquals(entry.KeyHash, hash))
                found = entry.Access;
        }
        return found;
    }

    /// <param name="certificate">A client's, whose signature was checked when it connected.</param>
    public CallerAccess? FindByCertificate(X509Certificate2 certificate)
    {
        var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        var hash = ApiKey.Write(SHA256.HashData(certificate.RawDataMemory.Span));
        return _entries.FirstOrDefault(e => e.Certificate.Length > 0 && (e.Certificate == name || string.Equals(e.Certificate, hash, StringComparison.OrdinalIgnoreCase)))?.Access;
    }

    public void Dispose()
    {
        _watching.Dispose();
        foreach (var entry in _entries)
            entry.Dispose();
    }

    // Not by IOptionsMonitor, which throws where nobody sees it when the configuration has faults.
    private void Reload()
    {
        try
        {
            var options = _configuration.GetSection(SecurityOptions.Section).Get<SecurityOptions>() ?? new SecurityOptions();
            var faults = _checks.SelectMany(c => c.Validate(Options.DefaultName, options).Failures ?? []).ToArray();
            if (faults.Length > 0)
            {
                LogRefused(string.Join("; ", faults));
                return;
            }
            Use(options);
            LogChanged(_entries.Length);
        }
        catch (InvalidOperationException exception)
        {
            LogRefused(exception.Message); // a number that is none
        }
    }

    private void Use(SecurityOptions options)
    {
        var before = _entries;
        var now = options.Callers.Select(caller =>
        {
            var print = Print(caller.Value, options.Limits);
            return before.FirstOrDefault(e => e.Access.Name == caller.Key && e.Print == print) ?? new Entry(caller.Key, caller.Value, print, options.Limits, _time);
        }).ToArray();
        _entries = now;
        foreach (var gone in before.Except(now))
            gone.Dispose();
    }

    // What the caller was made of: where it is the same, the caller keeps its streams and what it has used.
    private static string Print(CallerOptions caller, LimitOptions common)
    {
        var limits = caller.Limits ?? common;
        return string.Join('\n', caller.Roles.Prepend(caller.Certificate).Prepend(caller.Key).Append(FormattableString.Invariant($"{limits.Streams} {limits.FramesPerSecond} {limits.BytesPerSecond}")));
    }

    [LoggerMessage(1, LogLevel.Information, "the configuration has changed: {Count} callers are known", EventName = "CallersChanged")]
    private partial void LogChanged(int count);

    [LoggerMessage(2, LogLevel.Error, "the configuration has changed and cannot be used; callers stay as they were: {Faults}", EventName = "CallersRefused")]
    private partial void LogRefused(string faults);

    // Disposed of when the caller is known no more, which its open calls are told.
    private sealed class Entry : IDisposable
    {
        private readonly CancellationTokenSource _ended = new();

        public Entry(string name, CallerOptions caller, string print, LimitOptions common, TimeProvider time)
        {
            Print = print;
            KeyHash = ApiKey.ReadHash(caller.Key) ?? [];
            Certificate = caller.Certificate;
            Access = new CallerAccess(name, [.. caller.Roles.Select(Grant.Read).OfType<Grant>()], new CallerBudget(caller.Limits ?? common, time), _ended.Token);
        }

        public string Print { get; }

        public byte[] KeyHash { get; }

        public string Certificate { get; }

        public CallerAccess Access { get; }

        public void Dispose()
        {
            _ended.Cancel();
            _ended.Dispose();
        }
    }
}
