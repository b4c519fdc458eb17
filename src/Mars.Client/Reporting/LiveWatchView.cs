using Mars.Client.Cameras;
using Mars.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Mars.Client.Reporting;

/// <summary>The newest prediction as moving bars, the last events, and the figures so far; redrawn a few times a second.</summary>
internal sealed class LiveWatchView(IAnsiConsole console, string camera, WatchStatistics statistics, string delayName) : IWatchView
{
    private const int Lines = 8;
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Queue<string> _happened = new();
    private string _title = "";
    private Prediction? _prediction;

    public async Task ShowAsync(Func<Task> work) => await console.Live(Render()).AutoClear(true).StartAsync(async display =>
    {
        var running = work();
        while (await Task.WhenAny(running, Task.Delay(Redraw)) != running)
            display.UpdateTarget(Render());
        await running;
    });

    public void Opened(StreamOpened opened) => _title = $"{camera} · {UpdateJson.Name(opened.Model)} · every {opened.Stride} frames";

    public void Predicted(Prediction prediction, TimeSpan delay) => _prediction = prediction;

    public void Event(ActionEvent action) => Happened(action.Phase == ActionEvent.Types.Phase.Started
        ? $"[green]▶ {Markup.Escape(action.Label)}[/]  {Time(action.StartTime)}"
        : $"[grey]■ {Markup.Escape(action.Label)}  {Time(action.StartTime)} to {Time(action.EndTime)}[/]");

    public void Notice(Notice notice)
    {
        // A live stream supersedes all the time; the count below says it better than a line each.
        if (notice.Kind is not (V1.Notice.Types.Kind.Superseded or V1.Notice.Types.Kind.Expired))
            Happened($"[yellow]{notice.Kind}[/] {Markup.Escape(notice.Detail)}");
    }

    public void ConnectionLost(ConnectionLost lost) => Happened($"[red]connection lost[/]: {Markup.Escape(lost.Reason)}; again in {lost.Delay.TotalSeconds:0.0} s");

    public void Opening(string address) => Happened($"[grey]opening {Markup.Escape(address)}[/]");

    public void CameraLost(CameraLost lost) =>
        Happened($"[red]camera[/]: {Markup.Escape(lost.Reason)}; opened again in {lost.Delay.TotalSeconds:0} s (failure {lost.Attempt})");

    public void CameraBack() => Happened("[green]camera: frames again[/]");

    public void Warning(string text) => Happened($"[yellow]{Markup.Escape(text)}[/]");

    public void Summary(WatchSummary summary)
    {
        foreach (var line in _happened)
            console.MarkupLine(line);
        console.Write(SummaryTable.Of(camera, summary, delayName));
    }

    private Panel Render()
    {
        var rows = new List<IRenderable>();
        foreach (var action in _prediction?.Actions ?? [])
            rows.Add(new Markup($"{Bar.Markup(action.Score, 30)} {action.Score,5:0.00}  {Markup.Escape(action.Label)}"));
        if (rows.Count == 0)
            rows.Add(new Markup("[grey]waiting for the first window[/]"));
        rows.Add(new Rule());
        lock (_gate)
            rows.AddRange(_happened.Select(line => new Markup(line)));
        var now = statistics.Snapshot();
        rows.Add(new Markup($"[grey]{now.FramesSent} frames, {now.WindowsAnswered} windows, {now.WindowsSuperseded} superseded · {delayName} {now.Delay}[/]"));
        return new Panel(new Rows(rows)).Header(Markup.Escape(_title)).RoundedBorder();
    }

    private void Happened(string line)
    {
        lock (_gate)
        {
            _happened.Enqueue(line);
            if (_happened.Count > Lines)
                _happened.Dequeue();
        }
    }

    private static string Time(Google.Protobuf.WellKnownTypes.Timestamp? time) => $"{time?.ToDateTimeOffset().ToLocalTime():HH:mm:ss}";
}
