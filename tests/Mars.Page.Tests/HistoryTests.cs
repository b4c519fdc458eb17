using Google.Protobuf.WellKnownTypes;
using Mars.Server.Configuration;
using Mars.Server.Dashboard;
using Mars.V1;

namespace Mars.Page.Tests;

public sealed class HistoryTests
{
    private const long Start = 1_700_000_000_000;

    private static readonly CameraState State = new() { CameraId = "a", Model = new ModelRef { Name = "m", Version = "1" }, Connected = true };

    [Fact]
    public void Add_ForAnHour_KeepsWhatTheOptionsSayAndNoMore()
    {
        var history = new CameraHistory(State, new PageOptions { Events = 10, TrackSeconds = 60 });
        for (var i = 0; i < 3600 * 6; i++)
        {
            var now = Start + (i * 1000L / 6);
            history.Add(Answer("walk", 0.5, now), now, i);
            if (i % 60 == 0)
                history.Add(Event($"{i}", now, end: now + 500), now, i);
            history.Add(new Notice { Kind = Notice.Types.Kind.Gap }, now);
        }
        var past = history.Past();
        Assert.Equal((61, 10, 20), (past.Track.Count, past.Events.Count, past.Notices.Count));
        Assert.Equal(Start + ((3600 - 60) * 1000), past.Track[0].Time + 1000);
    }

    [Fact]
    public void Add_SeveralAnswersOfASecond_KeepsTheSurest()
    {
        var history = new CameraHistory(State, new PageOptions());
        foreach (var (label, score, at) in ((string, double, int)[])[("walk", 0.4, 0), ("run", 0.8, 300), ("walk", 0.6, 600), ("idle", 0.3, 1100)])
            history.Add(Answer(label, score, Start + at), Start + at, 1);
        Assert.Equal([new TrackPoint(Start, "run", 0.8), new TrackPoint(Start + 1000, "idle", 0.3)], history.Past().Track);
    }

    [Fact]
    public void Add_EventThatEnds_TakesThePlaceOfItsBeginning()
    {
        var history = new CameraHistory(State, new PageOptions());
        history.Add(Event("1", Start, null), Start + 700, 1);
        Assert.Null(Assert.Single(history.EventsAfter(0)).End);
        history.Add(Event("1", Start, Start + 900), Start + 1600, 2);
        Assert.Equal((Start, Start + 900), Assert.Single(history.EventsAfter(1)) is { End: { } end } ended ? (ended.Start, end) : default);
        Assert.Empty(history.EventsAfter(2));
    }

    // A camera whose clock stands at 1970 has its events at the server's time, as long as they were.
    [Fact]
    public void Add_EventByAnotherClock_IsToldByOurs()
    {
        var history = new CameraHistory(State, new PageOptions());
        history.Add(Event("1", 5000, null), Start, 1);
        history.Add(Event("1", 5000, 6500), Start + 2000, 2);
        var told = Assert.Single(history.Past().Events);
        Assert.Equal((Start, Start + 1500), (told.Start, told.End!.Value));
        history.Add(Answer("walk", 1, 5000), Start, 3);
        Assert.Null(history.Camera().Age);
        history.Add(Answer("walk", 1, Start - 84), Start, 4);
        Assert.Equal(84, history.Camera().Age);
    }

    private static Prediction Answer(string label, double score, long captured)
    {
        var prediction = new Prediction { CaptureTime = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(captured)), QueueTime = new Duration(), InferenceTime = new Duration() };
        prediction.Actions.Add(new ScoredLabel { Label = label, Score = score });
        return prediction;
    }

    private static ActionEvent Event(string id, long start, long? end) => new()
    {
        EventId = id,
        Label = "walk",
        StartTime = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(start)),
        EndTime = end is { } at ? Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(at)) : null,
    };
}
