using System.Diagnostics;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mars.Client.Tests.Support;
using Mars.Inference.Serving;
using Mars.Server.Tests;
using Mars.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OpenCvSharp;
using static Microsoft.Playwright.Assertions;

namespace Mars.Page.Tests;

/// <summary>The page before a model that tells colours, whose answers are known beforehand.</summary>
public sealed class ColourPageTests(Chromium chromium) : IDisposable
{
    private readonly string _models = Directory.CreateTempSubdirectory("mars-models-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_models, recursive: true);

    [Fact]
    public async Task ActionThatChanges_ShowsWithinASecond()
    {
        TinyModel.Write(_models);
        await using var server = await StartAsync();
        await using var open = await chromium.NewPageAsync();
        var page = open.Page;
        await page.GotoAsync(server.Address);
        using var camera = new TestCamera(server, new OpenStream { CameraId = "a", Stride = 2 });
        var (red, blue) = (Film.Colour(new Scalar(0, 0, 230)), Film.Colour(new Scalar(230, 0, 0)));
        var times = new List<TimeSpan>();
        ulong sequence = 0;
        foreach (var (picture, label) in ((ByteString, string)[])[(red, "red"), (blue, "blue"), (red, "red"), (blue, "blue"), (red, "red")])
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            var sending = SendAsync(picture, enough.Token);
            var started = Stopwatch.GetTimestamp();
            await page.WaitForFunctionAsync("label => document.querySelector('.card .label')?.textContent === label", label, new() { PollingInterval = 20 });
            times.Add(Stopwatch.GetElapsedTime(started));
            await enough.CancelAsync();
            await sending;
        }
        // The window is 0.64 s long; half of it must be of the new colour. The quickest, because this machine may be busy.
        Assert.InRange(times.Skip(1).Min(), TimeSpan.Zero, TimeSpan.FromSeconds(1));

        async Task SendAsync(ByteString picture, CancellationToken enough)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / 25.0));
            while (!enough.IsCancellationRequested && await timer.WaitForNextTickAsync(Stop))
                await camera.SendAsync(new Frame { Sequence = ++sequence, CaptureTime = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()), Data = picture });
        }
    }

    [Fact]
    public async Task ModelThatIsTooSlow_IsTold()
    {
        TinyModel.Write(_models);
        await using var server = await StartAsync();
        await using var open = await chromium.NewPageAsync();
        await open.Page.GotoAsync(server.Address);
        await Expect(open.Page.Locator("#models .key")).ToContainTextAsync("colour/1");
        await Expect(open.Page.Locator("#models .trouble")).ToHaveCountAsync(0);
        var ladder = server.Services.GetRequiredService<ModelCatalog>().Default!.Scheduler.Ladder;
        for (var i = 0; i < 300 && ladder.StrideFactor < 4; i++)
        {
            for (var n = 0; n < 60; n++)
                ladder.Ended(answered: false);
            await Task.Delay(100, Stop);
        }
        await Expect(open.Page.Locator("#models .trouble")).ToContainTextAsync("strides are 4 times as long");
    }

    // Labels come from a file in a package, ids from whoever opens a stream.
    [Fact]
    public async Task NamesWithMarkup_AreTextAndNothingElse()
    {
        const string Id = "<img src=x onerror=alert(1)>&\"'/#%?camera";
        const string Label = "<script>alert(2)</script><b>red</b>";
        var folder = TinyModel.Write(_models);
        Relabel(folder, [Label, "javascript:alert(3)", "blue"]);
        await using var server = await StartAsync(("Mars:Page:Pictures", "true"));
        await using var open = await chromium.NewPageAsync();
        var page = open.Page;
        await page.GotoAsync(server.Address);
        using var camera = new TestCamera(server, new OpenStream { CameraId = Id, Stride = 2, Events = new EventOptions() });
        var red = Film.Colour(new Scalar(0, 0, 230));
        for (ulong i = 1; i <= 40; i++)
            await camera.SendAsync(new Frame { Sequence = i, CaptureTime = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddSeconds(i / 25.0)), Data = red });
        await Expect(page.Locator(".card .name")).ToHaveTextAsync(Id);
        await Expect(page.Locator(".card .label").First).ToHaveTextAsync(Label);
        await Expect(page.Locator("#events .label").First).ToHaveTextAsync(Label);
        await page.Locator(".card .name").ClickAsync();
        await Expect(page.Locator("#camera-name")).ToHaveTextAsync(Id);
        await Expect(page.Locator("#camera-events .label").First).ToHaveTextAsync(Label);
        await Expect(page.Locator("#view")).ToHaveJSPropertyAsync("naturalWidth", 112);
        Assert.Equal(0, await page.Locator("main script, main b, img[src=x]").Filter(new() { HasNotText = ":" }).CountAsync());
        Assert.Empty(open.Errors);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhereTheModelLooks_IsShownWhenAskedFor(bool pictures)
    {
        TinyModel.Write(_models, maps: true);
        await using var server = await StartAsync(("Mars:Page:Pictures", pictures ? "true" : "false"));
        using var camera = new TestCamera(server, new OpenStream { CameraId = "a", Stride = 2 });
        using var half = new Mat(112, 112, MatType.CV_8UC3, new Scalar(0, 0, 40)); // dark red, and blue at the top left
        half[new Rect(0, 0, 56, 56)].SetTo(new Scalar(230, 0, 0));
        var frame = ByteString.CopyFrom(half.ImEncode(".png"));
        for (ulong i = 1; i <= 30; i++)
            await camera.SendAsync(new Frame { Sequence = i, CaptureTime = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddSeconds(i / 25.0)), Data = frame });
        await using var open = await chromium.NewPageAsync();
        var page = open.Page;
        await page.GotoAsync($"{server.Address}/#camera=a");
        await page.GetByRole(AriaRole.Button, new() { Name = "Where does the model look?" }).ClickAsync();
        await Expect(page.Locator("#look-text")).ToContainTextAsync("Where “blue”");
        await Expect(page.Locator("#view")).ToHaveJSPropertyAsync("naturalWidth", 448);
        await Pictures.TakeAsync(page, $"map-{(pictures ? "picture" : "grey")}");
        var (hot, cold) = (await PixelAsync(page, 90, 90), await PixelAsync(page, 380, 380));
        Assert.True(hot.Sum() > 450, $"hot is {string.Join(' ', hot)}");
        if (pictures)
            Assert.True(cold.Sum() < 150, $"cold is {string.Join(' ', cold)}");
        else
            Assert.All(cold, value => Assert.InRange(value, 126, 130));
        await page.GetByRole(AriaRole.Button, new() { Name = "red" }).ClickAsync();
        await Expect(page.Locator("#look-text")).ToContainTextAsync("Where “red”");
        await page.GetByRole(AriaRole.Button, new() { Name = "Back to the picture" }).ClickAsync();
        if (pictures)
            await Expect(page.Locator("#view")).ToHaveJSPropertyAsync("naturalWidth", 112);
        else
            await Expect(page.Locator("#no-view")).ToContainTextAsync("Pictures are off");
        Assert.Empty(open.Errors);
    }

    [Fact]
    public async Task ModelWithoutMaps_SaysSoPlainly_AndARefusedOneIsListed()
    {
        TinyModel.Write(_models);
        File.WriteAllText(Path.Combine(TinyModel.Write(_models, version: "2"), "labels.txt"), "other\n");
        await using var server = await StartAsync();
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a"));
        await camera.SendAsync(1, 20);
        await using var open = await chromium.NewPageAsync();
        var page = open.Page;
        await page.GotoAsync($"{server.Address}/#camera=a");
        await Expect(page.Locator("#look")).ToBeDisabledAsync();
        await Expect(page.Locator("#look-text")).ToContainTextAsync("colour/1 cannot say where it looks");
        await Expect(page.Locator("#models")).ToContainTextAsync("labels.txt is not the file that the manifest was written for");
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri($"{server.Address}/live/activation-map?camera=a"), Stop);
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    private static Task<int[]> PixelAsync(IPage page, int x, int y) => page.EvaluateAsync<int[]>(
        """
        ([x, y]) => {
          const canvas = new OffscreenCanvas(448, 448).getContext("2d");
          canvas.drawImage(document.getElementById("view"), 0, 0);
          return [...canvas.getImageData(x, y, 1, 1).data].slice(0, 3);
        }
        """,
        new[] { x, y });

    private static void Relabel(string folder, string[] labels)
    {
        var file = Path.Combine(folder, "labels.txt");
        var manifest = Path.Combine(folder, "manifest.json");
        string Hash() => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
        var before = Hash();
        File.WriteAllLines(file, labels);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(before, Hash(), StringComparison.Ordinal));
    }

    private Task<RunningServer> StartAsync(params (string, string)[] settings) => RunningServer.StartAsync([("Mars:Models:Folder", _models), .. settings]);
}
