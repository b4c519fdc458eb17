using Mars.Client.Cameras;
using Mars.V1;

namespace Mars.Client.Reporting;

/// <summary>A line for each thing that happens: for pipes and log files.</summary>
internal sealed class PlainWatchView(Terminal terminal, string camera, string delayName) : IWatchView
{
    private readonly Lock _gate = new();

    public Task ShowAsync(Func<Task> work) => work();

    public void Opened(StreamOpened opened) =>
        Line($"camera {camera}: {UpdateJson.Name(opened.Model)}, windows of {opened.ClipLength} frames at {opened.FrameRate:0.##} a second, one every {opened.Stride}");

    public void Predicted(Prediction prediction, TimeSpan delay)
    {
        var actions = string.Join("  ", prediction.Actions.Take(3).Select(a => $"{a.Label} {a.Score:0.00}"));
        Line($"{Time(prediction.CaptureTime)}  frames {prediction.FirstSequence}-{prediction.LastSequence}  {actions}  ({delay.TotalMilliseconds:0} ms)");
    }

    public void Event(ActionEvent action) => Line(action.Phase == ActionEvent.Types.Phase.Started
        ? $"{Time(action.StartTime)}  >> {action.Label} begins ({action.Score:0.00})"
        : $"{Time(action.EndTime)}  << {action.Label} ends after {Seconds(action):0.0} s ({action.Score:0.00})");

    public void Notice(Notice notice)
    {
        var frames = notice.LastSequence > 0 ? $", frames {notice.FirstSequence}-{notice.LastSequence}" : ""; // some are of the stream
        Line($"notice {notice.Kind}{frames}: {notice.Detail}");
    }

    public void ConnectionLost(ConnectionLost lost) => ErrorLine($"connection lost ({lost.Reason}); attempt {lost.Attempt} in {lost.Delay.TotalSeconds:0.0} s");

    public void Opening(string address) => ErrorLine($"opening {address}");

    public void CameraLost(CameraLost lost) => ErrorLine($"camera {camera}: {lost.Reason}; opened again in {lost.Delay.TotalSeconds:0} s (failure {lost.Attempt})");

    public void CameraBack() => ErrorLine($"camera {camera}: frames again");

    public void Warning(string text) => ErrorLine($"camera {camera}: {text}");

    public void Summary(WatchSummary summary) => terminal.Console.Write(SummaryTable.Of(camera, summary, delayName));

    private void ErrorLine(string text)
    {
        lock (_gate)
            terminal.Error.WriteLine($"mars: {text}");
    }

    private void Line(string text)
    {
        lock (_gate)
            terminal.Out.WriteLine(text);
    }

    private static string Time(Google.Protobuf.WellKnownTypes.Timestamp? time) => $"{time?.ToDateTimeOffset():HH:mm:ss.ff}";

    private static double Seconds(ActionEvent action) =>
        action is { StartTime: not null, EndTime: not null } ? (action.EndTime.ToDateTimeOffset() - action.StartTime.ToDateTimeOffset()).TotalSeconds : 0;
}
