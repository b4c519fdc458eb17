using Mars.Inference.Postprocessing;

namespace Mars.Inference.Tests.Postprocessing;

public sealed class EventDetectorTests
{
    private readonly List<ActionEdge> _edges = [];

    [Fact]
    public void Add_ScoreBetweenTheThresholds_NeitherStartsNorEnds()
    {
        var detector = new EventDetector(new EventSettings { EnterScore = 0.6, ExitScore = 0.4 }, [0]);
        Feed(detector, 0.5f, 0.7f, 0.5f, 0.5f, 0.41f);
        Assert.Equal([true], _edges.Select(e => e.Started));
        Feed(detector, 0.39f);
        Assert.Equal([true, false], _edges.Select(e => e.Started));
        Assert.Equal(_edges[0].Id, _edges[1].Id);
        Assert.Equal(0.7f, _edges[1].Peak);
    }

    [Fact]
    public void Add_ShorterThanTheMinimum_IsNotTold()
    {
        var detector = new EventDetector(new EventSettings { MinDuration = TimeSpan.FromSeconds(3) }, [0]);
        Feed(detector, 0.9f, 0.9f, 0.1f);
        Assert.Empty(_edges);
        Feed(detector, 0.9f, 0.9f, 0.9f, 0.9f);
        Assert.Single(_edges);
        Assert.Equal(At(3), _edges[0].Span.EndTime - TimeSpan.FromSeconds(3)); // from the fourth window on
    }

    [Fact]
    public void Add_ShortDip_DoesNotEnd()
    {
        var detector = new EventDetector(new EventSettings { EndDelay = TimeSpan.FromSeconds(2) }, [0]);
        Feed(detector, 0.9f, 0.1f, 0.9f, 0.1f, 0.1f);
        Assert.Equal([true, false], _edges.Select(e => e.Started));
        Assert.Equal(At(2), _edges[1].Span.EndTime); // the last window above the exit score
    }

    [Fact]
    public void Finish_OpenAction_Ends()
    {
        var detector = new EventDetector(new EventSettings(), [0]);
        Feed(detector, 0.9f);
        detector.Finish(_edges);
        detector.Finish(_edges);
        Assert.Equal([true, false], _edges.Select(e => e.Started));
    }

    private static DateTimeOffset At(double seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);

    private int _fed;

    // One window a second, each half a second long.
    private void Feed(EventDetector detector, params float[] scores)
    {
        foreach (var score in scores)
        {
            detector.Add([score], new WindowSpan((ulong)_fed, (ulong)_fed + 15, At(_fed - 0.5), At(_fed)), _edges);
            _fed++;
        }
    }
}
