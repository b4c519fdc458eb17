using Mars.Client.Reporting;
using Mars.V1;

namespace Mars.Client.Demo;

/// <summary>A line for each second of the video and for each event.</summary>
internal sealed class PlainDemoView(Terminal terminal) : IDemoView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.9);

    private TimeSpan _last = TimeSpan.MinValue;

    public void Step(string text) => terminal.Out.WriteLine(text);

    public Task ShowAsync(Func<Task> work)
    {
        terminal.Out.WriteLine($"{"time",7}  {"truth",-18} {"prediction",-18} {"score",-24}  ok: right, --: wrong, ..: over two actions  (capture to decision)");
        return work();
    }

    public void Opened(StreamOpened opened)
    {
    }

    public void Window(JudgedWindow window, TimeSpan delay)
    {
        if (_last != TimeSpan.MinValue && window.Centre - _last < Interval)
            return;
        _last = window.Centre;
        terminal.Out.WriteLine(
            $"{window.Centre.TotalSeconds,5:0.0} s  {window.Truth ?? "?",-18} {window.Predicted,-18} {Bar.Text(window.Score, 20)} {window.Score:0.00}  {DemoTexts.Sign(window.Kind)}  ({delay.TotalMilliseconds:0} ms)");
    }

    public void Event(FoundEvent found) => terminal.Out.WriteLine($"         {DemoTexts.Event(found)}");

    public void Result(DemoResult result) => terminal.Console.Write(DemoTexts.Result(result));
}
