using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mars.Server.Tests.Security;

/// <summary>Every log line of a server, of every category, from Trace on.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, string Text)> _lines = new();

    public IEnumerable<string> All => _lines.Select(l => $"{l.Category}: {l.Text}");

    public IEnumerable<string> Audit => _lines.Where(l => l.Category == "Mars.Audit").Select(l => l.Text);

    public void AddTo(WebApplicationBuilder builder)
    {
        builder.Services.Configure<LoggerFilterOptions>(filter =>
        {
            filter.Rules.Clear();
            filter.MinLevel = LogLevel.Trace;
        });
        builder.Logging.ClearProviders().AddProvider(this);
    }

    public async Task WaitForAsync(Predicate<string> wanted)
    {
        for (var i = 0; i < 1000 && !All.Any(l => wanted(l)); i++)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Contains(All, line => wanted(line));
    }

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<(string, string)> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            lines.Enqueue((category, $"scope {state}"));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue((category, $"{formatter(state, exception)} {exception}"));
    }
}
