using Mars.Client.Reporting;
using Mars.V1;
using Microsoft.Extensions.Time.Testing;

namespace Mars.Client.Tests.Reporting;

public sealed class WatchStatisticsTests
{
    [Fact]
    public void Snapshot_AfterARun_CountsEverything()
    {
        var time = new FakeTimeProvider();
        var statistics = new WatchStatistics(time);

        statistics.FrameSent();
        statistics.Answered(TimeSpan.FromMilliseconds(30));
        statistics.Answered(TimeSpan.FromMilliseconds(40));
        statistics.Notice(new Notice { Kind = Notice.Types.Kind.Superseded, Detail = "3 windows" });
        statistics.Notice(new Notice { Kind = Notice.Types.Kind.Superseded, Detail = "1 window" });
        statistics.Notice(new Notice { Kind = Notice.Types.Kind.Gap, Detail = "2 s between frames" });
        statistics.Event(new ActionEvent { Phase = ActionEvent.Types.Phase.Started });
        statistics.Event(new ActionEvent { Phase = ActionEvent.Types.Phase.Ended });
        time.Advance(TimeSpan.FromSeconds(4));
        var summary = statistics.Snapshot();

        Assert.Equal((1, 2, 4, 1), (summary.FramesSent, summary.WindowsAnswered, summary.WindowsSuperseded, summary.Events));
        Assert.Equal(1, summary.Notices["Gap"]);
        Assert.Equal(0.5, summary.WindowsPerSecond);
        Assert.Equal(40, summary.Delay.Max);
    }
}
