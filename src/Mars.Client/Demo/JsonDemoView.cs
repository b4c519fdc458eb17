using Mars.Client.Reporting;
using Mars.V1;

namespace Mars.Client.Demo;

/// <summary>One JSON object a line.</summary>
internal sealed class JsonDemoView(Terminal terminal) : IDemoView
{
    private readonly JsonLines _lines = new(terminal.Out);

    public void Step(string text) => terminal.Error.WriteLine($"mars: {text}");

    public Task ShowAsync(Func<Task> work) => work();

    public void Opened(StreamOpened opened) => _lines.Write(UpdateJson.Opened("demo", opened));

    public void Window(JudgedWindow window, TimeSpan delay) => _lines.Write(new
    {
        Type = "window",
        Start = window.Start.TotalSeconds,
        End = window.End.TotalSeconds,
        window.Truth,
        window.Predicted,
        window.Score,
        window.Kind,
        DelayMs = Math.Round(delay.TotalMilliseconds, 1),
    });

    public void Event(FoundEvent found) =>
        _lines.Write(new { Type = "event", found.Id, found.Label, Start = found.Start.TotalSeconds, End = found.End?.TotalSeconds, found.Score });

    public void Result(DemoResult result) => _lines.Write(new
    {
        Type = "result",
        result.Windows,
        result.Right,
        result.Wrong,
        result.Boundary,
        result.Accuracy,
        result.Superseded,
        EventsFound = result.Events.Found.Select(s => s.Label),
        EventsMissed = result.Events.Missed.Select(s => s.Label),
        EventsFalse = result.Events.False.Select(e => e.Label),
        DelayMs = result.Delay,
    });
}
