using Mars.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Mars.Client.Demo;

/// <summary>A table that moves: time, truth, prediction with its score as a bar, and the events as they are told.</summary>
internal sealed class LiveDemoView(IAnsiConsole console) : IDemoView
{
    private const int Rows = 14;
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.4);

    private readonly Lock _gate = new();
    private readonly Queue<string[]> _rows = new();
    private string _title = "";
    private TimeSpan _last = TimeSpan.MinValue;
    private int _right;
    private int _judged;

    public void Step(string text) => console.MarkupLine($"[grey]{Markup.Escape(text)}[/]");

    public async Task ShowAsync(Func<Task> work) => await console.Live(Render()).StartAsync(async display =>
    {
        var running = work();
        while (await Task.WhenAny(running, Task.Delay(Redraw)) != running)
            display.UpdateTarget(Render());
        display.UpdateTarget(Render());
        await running;
    });

    public void Opened(StreamOpened opened) =>
        _title = $"{opened.Model.Name}/{opened.Model.Version}: windows of {opened.ClipLength} frames at {opened.FrameRate:0.##} a second, one every {opened.Stride} frames";

    public void Window(JudgedWindow window, TimeSpan delay)
    {
        lock (_gate)
        {
            _right += window.Kind == WindowKind.Right ? 1 : 0;
            _judged += window.Kind is WindowKind.Right or WindowKind.Wrong ? 1 : 0;
            if (_last != TimeSpan.MinValue && window.Centre - _last < Interval)
                return;
            _last = window.Centre;
            var colour = DemoTexts.Colour(window.Kind);
            Add([
                $"{window.Centre.TotalSeconds:0.0} s",
                Markup.Escape(window.Truth ?? ""),
                $"[{colour}]{Markup.Escape(window.Predicted)}[/]",
                $"{Reporting.Bar.Markup(window.Score, 20)} {window.Score:0.00}",
                $"[grey]{delay.TotalMilliseconds:0} ms[/]",
                ""]);
        }
    }

    public void Event(FoundEvent found)
    {
        lock (_gate)
            Add(["", "", "", "", "", found.End is null ? $"[green]▶ {Markup.Escape(found.Label)}[/]" : $"[grey]■ {Markup.Escape(found.Label)}[/]"]);
    }

    public void Result(DemoResult result) => console.Write(DemoTexts.Result(result));

    private void Add(string[] row)
    {
        _rows.Enqueue(row);
        if (_rows.Count > Rows)
            _rows.Dequeue();
    }

    private Table Render()
    {
        var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape(_title)).AddColumns("time", "truth", "prediction", "score", "delay", "events");
        table.Columns[0].Width(7).RightAligned();
        table.Columns[1].Width(16);
        table.Columns[2].Width(16);
        table.Columns[3].Width(26);
        table.Columns[4].Width(7).RightAligned();
        table.Columns[5].Width(20);
        lock (_gate)
        {
            foreach (var row in _rows)
                table.AddRow([.. row.Select(cell => (IRenderable)new Markup(cell))]);
            if (_judged > 0)
                table.Caption($"{_right} of {_judged} windows right");
        }
        return table;
    }
}
