using Mars.V1;

namespace Mars.Client.Demo;

/// <summary>Shows a demo as it runs.</summary>
internal interface IDemoView
{
    /// <summary>A step before the video runs, in words.</summary>
    void Step(string text);

    /// <summary>Runs <paramref name="work"/> with the view on.</summary>
    Task ShowAsync(Func<Task> work);

    void Opened(StreamOpened opened);

    void Window(JudgedWindow window, TimeSpan delay);

    void Event(FoundEvent found);

    void Result(DemoResult result);
}
