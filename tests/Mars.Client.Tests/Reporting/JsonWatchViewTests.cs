using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Mars.Client.Reporting;
using Mars.V1;

namespace Mars.Client.Tests.Reporting;

public sealed class JsonWatchViewTests
{
    [Fact]
    public void Everything_OneObjectALine()
    {
        using var output = new StringWriter();
        var view = new JsonWatchView(new JsonLines(output), "door", "capture to decision");

        view.Opened(new StreamOpened { Model = new ModelRef { Name = "m", Version = "1" }, ClipLength = 16, Stride = 4, FrameRate = 25 });
        view.Predicted(
            new Prediction
            {
                FirstSequence = 1,
                LastSequence = ulong.MaxValue,
                CaptureTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
                Actions = { new ScoredLabel { Label = "say \"hi\"\n", Score = 0.5 } },
            },
            TimeSpan.FromMilliseconds(12.34));
        view.Event(new ActionEvent { Label = "walk", Phase = ActionEvent.Types.Phase.Started });
        view.Notice(new Notice { Kind = Notice.Types.Kind.BadFrame, Detail = "no picture" });
        view.Summary(new WatchSummary { FramesSent = 7 });

        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(["opened", "prediction", "event", "notice", "summary"], lines.Select(l => l.GetProperty("type").GetString()));
        Assert.All(lines, l => Assert.Equal("door", l.GetProperty("camera").GetString()));
        Assert.Equal(ulong.MaxValue, lines[1].GetProperty("lastSequence").GetUInt64());
        Assert.Equal("say \"hi\"\n", lines[1].GetProperty("actions")[0].GetProperty("label").GetString());
        Assert.Equal(12.3, lines[1].GetProperty("delayMs").GetDouble());
        Assert.Equal("BadFrame", lines[3].GetProperty("kind").GetString());
        Assert.Equal(7, lines[4].GetProperty("framesSent").GetInt32());
    }
}
