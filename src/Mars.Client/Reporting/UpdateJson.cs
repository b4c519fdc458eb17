using Mars.V1;

namespace Mars.Client.Reporting;

/// <summary>Messages of the server as objects for <see cref="JsonLines"/>: names as in the API, times in RFC 3339, durations in milliseconds.</summary>
internal static class UpdateJson
{
    public static object Opened(string camera, StreamOpened opened) => new
    {
        Type = "opened",
        Camera = camera,
        Model = Name(opened.Model),
        opened.ClipLength,
        opened.Stride,
        opened.FrameRate,
    };

    public static object Prediction(string camera, Prediction prediction, TimeSpan delay) => new
    {
        Type = "prediction",
        Camera = camera,
        Model = Name(prediction.Model),
        prediction.FirstSequence,
        prediction.LastSequence,
        CaptureTime = prediction.CaptureTime?.ToDateTimeOffset(),
        Actions = Actions(prediction.Actions),
        QueueMs = prediction.QueueTime?.ToTimeSpan().TotalMilliseconds,
        InferenceMs = prediction.InferenceTime?.ToTimeSpan().TotalMilliseconds,
        ServerMs = prediction.ServerTime?.ToTimeSpan().TotalMilliseconds,
        DelayMs = Math.Round(delay.TotalMilliseconds, 1),
    };

    public static object Event(string camera, ActionEvent action) => new
    {
        Type = "event",
        Camera = camera,
        Id = action.EventId,
        action.Phase,
        action.Label,
        action.Score,
        StartTime = action.StartTime?.ToDateTimeOffset(),
        EndTime = action.EndTime?.ToDateTimeOffset(),
        action.FirstSequence,
        action.LastSequence,
    };

    public static object Notice(string camera, Notice notice) => new
    {
        Type = "notice",
        Camera = camera,
        notice.Kind,
        notice.FirstSequence,
        notice.LastSequence,
        notice.Detail,
    };

    public static object[] Actions(IEnumerable<ScoredLabel> actions) =>
        [.. actions.Select(a => new { a.Index, a.Label, Score = Math.Round(a.Score, 6), Logit = Math.Round(a.Logit, 4) })];

    public static string Name(ModelRef? model) => model is null ? "" : $"{model.Name}/{model.Version}";
}
