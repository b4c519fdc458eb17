using Mars.V1;

namespace Mars.Client.Reporting;

/// <summary>Shows what a camera gets back, as it comes.</summary>
internal interface IWatchView
{
    /// <summary>Runs <paramref name="work"/> with the view on.</summary>
    Task ShowAsync(Func<Task> work);

    void Opened(StreamOpened opened);

    void Predicted(Prediction prediction, TimeSpan delay);

    void Event(ActionEvent action);

    void Notice(Notice notice);

    void ConnectionLost(ConnectionLost lost);

    /// <summary>The end.</summary>
    void Summary(WatchSummary summary);
}
