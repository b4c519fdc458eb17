using Google.Protobuf;
using Mars.Client.Tests.Support;
using Mars.V1;

namespace Mars.Server.Tests.Hosting;

/// <summary>Ensembles and cascades, served. The members' logits are the mean colours times 1 and times 3.</summary>
public sealed class SumsOfModelsTests : IDisposable
{
    private readonly string _models = Directory.CreateTempSubdirectory("mars-models-").FullName;

    public SumsOfModelsTests()
    {
        TinyModel.Write(_models, scale: 1 / 50f, name: "first");
        TinyModel.Write(_models, scale: 3 / 50f, name: "second");
    }

    public void Dispose() => Directory.Delete(_models, recursive: true);

    [Fact]
    public async Task Ensemble_AnswerIsTheMeanOfItsMembersLogits()
    {
        TinyModel.WriteSum(_models, "both", "ensemble", 0, "first/1", "second/1");
        await using var server = await StartAsync();
        var prediction = Assert.Single(await AskAsync(server, "both", 16, _ => 0));
        Assert.Equal(("both", "red"), (prediction.Model.Name, prediction.Actions[0].Label));
        Assert.Equal(2 * 200 / 50.0, prediction.Actions[0].Logit, 0.01);
    }

    // Red is plain to see for the first network; grey is not, and the second is asked too.
    [Fact]
    public async Task Cascade_SecondAskedWhereTheFirstIsUnsure_AndTheFractionIsAMetric()
    {
        TinyModel.WriteSum(_models, "saver", "cascade", 0.5, "first/1", "second/1");
        await using var server = await StartAsync();
        var before = await CountAsync(server);
        var predictions = await AskAsync(server, "saver", 48, i => i <= 32 ? 0 : 3);
        Assert.Equal([200 / 50.0, 200 / 50.0, 2 * 90 / 50.0], predictions.Select(p => p.Actions[0].Logit), (a, b) => Math.Abs(a - b) < 0.01);
        var after = await CountAsync(server);
        Assert.Equal((2, 1), (after.First - before.First, after.Both - before.Both));
    }

    private static async Task<IReadOnlyList<Prediction>> AskAsync(RunningServer server, string model, int frames, Func<int, int> colour)
    {
        using var camera = new TestCamera(server, new OpenStream { CameraId = model, Model = model, Stride = 16, Mode = DeliveryMode.EveryWindow });
        for (var i = 1; i <= frames; i++)
        {
            var frame = TestCamera.Frame(i);
            frame.Data = ByteString.CopyFrom([.. Enumerable.Range(0, frame.Data.Length).Select(b => (byte)(colour(i) == 3 ? 90 : b % 3 == colour(i) ? 200 : 20))]);
            await camera.SendAsync(frame);
        }
        await camera.FinishAsync();
        return [.. camera.Predictions];
    }

    private static async Task<(double First, double Both)> CountAsync(RunningServer server)
    {
        using var http = new HttpClient();
        await Task.Delay(TimeSpan.FromSeconds(0.5), TestContext.Current.CancellationToken); // a scrape is remembered for 0.3 s
        var lines = (await http.GetStringAsync(new Uri($"{server.Address}/metrics"), TestContext.Current.CancellationToken)).Split('\n');
        double Of(string by) => lines.Where(l => l.StartsWith("mars_cascade_windows_total{", StringComparison.Ordinal) && l.Contains($"answered_by=\"{by}\"", StringComparison.Ordinal))
            .Sum(l => double.Parse(l[(l.LastIndexOf('}') + 1)..].TrimStart().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        return (Of("first"), Of("both"));
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(("Mars:Models:Folder", _models));
}
