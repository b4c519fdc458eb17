using Mars.Client.Cameras;
using Mars.V1;

namespace Mars.Client.Reporting;

/// <summary>One JSON object a line.</summary>
internal sealed class JsonWatchView(JsonLines lines, string camera, string delayName) : IWatchView
{
    public Task ShowAsync(Func<Task> work) => work();

    public void Opened(StreamOpened opened) => lines.Write(UpdateJson.Opened(camera, opened));

    public void Predicted(Prediction prediction, TimeSpan delay) => lines.Write(UpdateJson.Prediction(camera, prediction, delay));

    public void Event(ActionEvent action) => lines.Write(UpdateJson.Event(camera, action));

    public void Notice(Notice notice) => lines.Write(UpdateJson.Notice(camera, notice));

    public void ConnectionLost(ConnectionLost lost) =>
        lines.Write(new { Type = "connectionLost", Camera = camera, lost.Reason, lost.Attempt, DelayMs = lost.Delay.TotalMilliseconds });

    public void Opening(string address)
    {
    }

    public void CameraLost(CameraLost lost) =>
        lines.Write(new { Type = "cameraLost", Camera = camera, lost.Reason, lost.Attempt, DelayMs = lost.Delay.TotalMilliseconds });

    public void CameraBack() => lines.Write(new { Type = "cameraBack", Camera = camera });

    public void Warning(string text) => lines.Write(new { Type = "warning", Camera = camera, Detail = text });

    public void Summary(WatchSummary summary) => lines.Write(new
    {
        Type = "summary",
        Camera = camera,
        summary.FramesSent,
        summary.FramesSkipped,
        summary.WindowsAnswered,
        summary.WindowsSuperseded,
        summary.WindowsExpired,
        summary.Notices,
        summary.Events,
        summary.Reconnects,
        summary.Seconds,
        summary.WindowsPerSecond,
        DelayFrom = delayName,
        DelayMs = summary.Delay,
    });
}
