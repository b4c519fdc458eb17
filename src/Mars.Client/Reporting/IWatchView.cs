using Mars.Client.Cameras;
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

    /// <summary>A camera is opened for the first time.</summary>
    void Opening(string address);

    /// <summary>A camera cannot be opened, or is lost; it is opened again.</summary>
    void CameraLost(CameraLost lost);

    /// <summary>A lost camera gives frames again.</summary>
    void CameraBack();

    /// <summary>Something that the user should change.</summary>
    void Warning(string text);

    /// <summary>The end.</summary>
    void Summary(WatchSummary summary);
}
