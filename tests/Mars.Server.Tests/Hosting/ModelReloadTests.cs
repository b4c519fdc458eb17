using Grpc.Core;
using Mars.Client.Tests.Support;
using Mars.Inference.Serving;
using Mars.V1;
using Microsoft.Extensions.DependencyInjection;

namespace Mars.Server.Tests.Hosting;

/// <summary>Models that change while cameras stream. Version N of the tiny model scales its logits by N, so an answer tells which version really made it.</summary>
[Collection(nameof(Alone))] // the memory of the process is measured
public sealed class ModelReloadTests : IDisposable
{
    private readonly string _models = Directory.CreateTempSubdirectory("mars-models-").FullName;

    public void Dispose() => Directory.Delete(_models, recursive: true);

    [Fact]
    public async Task Reload_NewVersion_TakesOverBetweenTwoWindows()
    {
        Write(1);
        await using var server = await StartAsync();
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a", stride: 1));
        await camera.SendAsync(1, 40);
        await camera.WaitForAsync(r => r.Prediction?.LastSequence == 40);
        Write(2);
        var reloaded = await ReloadAsync(server);
        Assert.Equal(["colour/2"], reloaded.Loaded.Select(m => $"{m.Name}/{m.Version}"));
        await camera.SendAsync(41, 40);
        await camera.FinishAsync();
        AssertEachAnswerIsItsVersions(camera, frames: 80);
        Assert.Equal(25, camera.Predictions.Count(p => p.Model.Version == "1"));
        var changed = Assert.Single(camera.Notices);
        Assert.Equal((Notice.Types.Kind.ModelChanged, "colour/1 -> colour/2"), (changed.Kind, changed.Detail));
        Assert.Equal("2", Assert.Single((await server.Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Stop)).Models).Model.Version);
    }

    // All cores busy with every-window cameras, and a new version several times a second.
    [Fact]
    public async Task Reload_UnderFullLoad_NoWindowIsLostAndNoneIsAMixture()
    {
        const int Frames = 1200;
        Write(1, work: 30);
        await using var server = await StartAsync(("Mars:Models:SessionsPerDevice", "2"), ("Mars:Models:MaxBatch", "4"));
        var cameras = Enumerable.Range(0, 4).Select(i => new TestCamera(server, TestCamera.EveryWindow($"c{i}", stride: 1))).ToArray();
        var sending = Task.WhenAll(cameras.Select(async c =>
        {
            await c.SendAsync(1, Frames);
            await c.FinishAsync();
        }));
        var version = 1;
        while (!sending.IsCompleted)
        {
            Write(++version, work: 30);
            Assert.Single((await ReloadAsync(server)).Loaded);
            Directory.Delete(Path.Combine(_models, "colour", $"{version - 1}"), recursive: true);
            await Task.Delay(100, Stop);
        }
        await sending;
        Assert.True(version >= 5, $"only {version} versions were served in the time");
        foreach (var camera in cameras)
        {
            AssertEachAnswerIsItsVersions(camera, Frames);
            Assert.True(camera.Predictions.Select(p => p.Model.Version).Distinct().Count() >= 3);
            camera.Dispose();
        }
    }

    [Theory]
    [InlineData("truncated", "sha256")]
    [InlineData("golden", "golden clip")]
    [InlineData("graph", "does not load")]
    [InlineData("run", "cannot be run")]
    public async Task Reload_BrokenVersion_IsRefusedAndTheOldGoesOn(string fault, string reason)
    {
        Write(1);
        await using var server = await StartAsync();
        var folder = TinyModel.Write(_models, version: "2", scale: 2, golden: fault == "golden" ? [1, 2, 3] : null, failsToRun: fault == "run");
        var graph = Path.Combine(folder, "model.onnx");
        if (fault == "truncated")
            File.WriteAllBytes(graph, File.ReadAllBytes(graph)[..100]);
        if (fault == "graph")
            Replace(folder, graph, "not a graph"u8.ToArray());
        var reloaded = await ReloadAsync(server);
        Assert.Empty(reloaded.Loaded);
        Assert.Contains(reason, Assert.Single(reloaded.Refused), StringComparison.Ordinal);
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a", stride: 1));
        await camera.SendAsync(1, 20);
        await camera.FinishAsync();
        AssertEachAnswerIsItsVersions(camera, frames: 20);
    }

    [Fact]
    public async Task Reload_VersionWithoutItsManifest_IsNotSeen()
    {
        Write(1);
        await using var server = await StartAsync();
        File.Delete(Path.Combine(Write(2), "manifest.json"));
        var reloaded = await ReloadAsync(server);
        Assert.Empty(reloaded.Loaded);
        Assert.Empty(reloaded.Refused);
    }

    [Fact]
    public async Task Watch_NewVersionInTheFolder_IsServed()
    {
        Write(1);
        await using var server = await StartAsync(("Mars:Models:WatchSeconds", "0.2"));
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a", stride: 1));
        await camera.SendAsync(1, 16);
        Write(2);
        for (var i = 17; i < 500 && camera.Predictions.All(p => p.Model.Version == "1"); i++)
        {
            await camera.SendAsync(TestCamera.Frame(i));
            await Task.Delay(20, Stop);
        }
        Assert.Equal("2", camera.Predictions.Last().Model.Version);
    }

    [Fact]
    public async Task Names_VersionsSideBySide_EachMeansWhatItSays()
    {
        Write(1);
        Write(2);
        Write(3);
        await using var server = await StartAsync(("Mars:Models:KeepVersions", "2"), ("Mars:Models:Aliases:prod", "colour/1"), ("Mars:Models:Default", "prod"));
        foreach (var (name, version) in new[] { ("", "1"), ("prod", "1"), ("colour", "3"), ("colour/2", "2"), ("colour/1", "1") })
        {
            using var camera = new TestCamera(server, new OpenStream { CameraId = $"c{name.Replace('/', '-')}", Model = name });
            Assert.Equal(version, (await camera.WaitForAsync(r => r.Opened is not null)).Opened.Model.Version);
        }
        using var unknown = new TestCamera(server, new OpenStream { CameraId = "x", Model = "colour/9" });
        Assert.Equal(StatusCode.NotFound, (await unknown.FailureAsync()).StatusCode);
    }

    [Fact]
    public async Task Reload_StreamOfOneVersion_StaysWithItToItsEnd()
    {
        Write(1);
        await using var server = await StartAsync();
        using var camera = new TestCamera(server, new OpenStream { CameraId = "a", Model = "colour/1", Stride = 1, Mode = DeliveryMode.EveryWindow });
        await camera.SendAsync(1, 20);
        await camera.WaitForAsync(r => r.Prediction?.LastSequence == 20);
        Write(2);
        Directory.Delete(Path.Combine(_models, "colour", "1"), recursive: true);
        await ReloadAsync(server);
        await camera.SendAsync(21, 20);
        await camera.FinishAsync();
        AssertEachAnswerIsItsVersions(camera, frames: 40);
        Assert.All(camera.Predictions, p => Assert.Equal("1", p.Model.Version));
        Assert.Empty(camera.Notices);
    }

    // Frames of another size cannot be carried over: the camera opens its stream again, and what it sends again fills the new window.
    [Fact]
    public async Task Reload_ModelOfOtherClips_EndsTheStreamWithItsReason()
    {
        Write(1);
        await using var server = await StartAsync();
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a", stride: 1));
        await camera.SendAsync(1, 20);
        await camera.WaitForAsync(r => r.Prediction?.LastSequence == 20);
        TinyModel.Write(_models, version: "2", scale: 2, size: 64);
        await ReloadAsync(server);
        Assert.Equal(StatusCode.Unavailable, (await camera.FailureAsync()).StatusCode);
        Assert.Equal(Notice.Types.Kind.ModelChanged, camera.Notices.Last().Kind);
        Assert.Equal(5, camera.Predictions.Count());
        using var again = new TestCamera(server, new OpenStream { CameraId = "a", Stride = 1, Mode = DeliveryMode.EveryWindow, ResumeAfter = 20 });
        await again.SendAsync(6, 20);
        await again.FinishAsync();
        Assert.Equal([21ul, 22, 23, 24, 25], again.Predictions.Select(p => p.LastSequence));
    }

    // Each version holds 96 MB and more.
    [Fact]
    public async Task Reload_AgainAndAgain_TheMemoryOfOldVersionsIsGivenBack()
    {
        Write(1);
        await using var server = await StartAsync(("Mars:Models:MaxBatch", "1"));
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a", stride: 1));
        var memory = new List<long>();
        for (var version = 2; version <= 13; version++)
        {
            TinyModel.Write(_models, version: $"{version}", scale: version, megabytes: 96);
            Assert.Single((await ReloadAsync(server)).Loaded);
            Directory.Delete(_models + $"/colour/{version - 1}", recursive: true);
            await camera.SendAsync((version * 20) - 39, 20);
            await camera.WaitForAsync(r => r.Prediction?.Model.Version == $"{version}");
            for (var i = 0; i < 500 && server.Services.GetRequiredService<ModelCatalog>().Retiring > 0; i++)
                await Task.Delay(20, Stop);
            _ = GC.GetTotalMemory(forceFullCollection: true); // the test has large arrays of its own
            memory.Add(Environment.WorkingSet >> 20);
        }
        // From version 5 to 10 at least it would be 480 MB, were the old ones kept; the process's own heap comes and goes meanwhile, by two versions and more.
        Assert.True(memory[8..].Min() < memory[..4].Max() + 240, string.Join(", ", memory));
    }

    [Fact]
    public async Task Watch_PackageThatIsBeingCopied_IsNeverSeenHalfWritten()
    {
        Write(1);
        await using var server = await StartAsync(("Mars:Models:WatchSeconds", "0.1"));
        using var camera = new TestCamera(server, TestCamera.EveryWindow("a", stride: 1));
        var complete = Write(2);
        Directory.Move(complete, _models + ".2");
        var target = Directory.CreateDirectory(complete).FullName;
        var frame = 0;
        foreach (var name in new[] { "labels.txt", "CARD.md", "model.onnx", "manifest.json" })
        {
            var bytes = File.ReadAllBytes(Path.Combine(_models + ".2", name));
            // A lock while it is written, as a share may have; closing it changes neither size nor time.
            await using var copy = File.Create(Path.Combine(target, name));
            foreach (var part in bytes.Chunk((bytes.Length / 3) + 1))
            {
                await copy.WriteAsync(part, Stop);
                await copy.FlushAsync(Stop);
                for (var i = 0; i < 5; i++)
                {
                    await camera.SendAsync(TestCamera.Frame(++frame));
                    await Task.Delay(40, Stop);
                }
            }
        }
        Directory.Delete(_models + ".2", recursive: true);
        for (var i = 0; i < 1000 && camera.Predictions.All(p => p.Model.Version == "1"); i++)
        {
            await camera.SendAsync(TestCamera.Frame(++frame));
            await Task.Delay(20, Stop);
        }
        await camera.FinishAsync();
        Assert.Equal("2", camera.Predictions.Last().Model.Version);
        AssertEachAnswerIsItsVersions(camera, frame);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<ReloadModelsResponse> ReloadAsync(RunningServer server) =>
        await new ModelAdmin.ModelAdminClient(server.Channel).ReloadModelsAsync(new ReloadModelsRequest(), cancellationToken: Stop);

    // A logit of version N is N times the mean of a colour, 127 of noise.
    private static void AssertEachAnswerIsItsVersions(TestCamera camera, int frames)
    {
        Assert.Equal(Enumerable.Range(16, frames - 15).Select(i => (ulong)i), camera.Predictions.Select(p => p.LastSequence));
        Assert.All(camera.Predictions, p => Assert.InRange(p.Actions[0].Logit / (127.5 * int.Parse(p.Model.Version, System.Globalization.CultureInfo.InvariantCulture)), 0.9, 1.1));
        var versions = camera.Predictions.Select(p => int.Parse(p.Model.Version, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(versions.Order(), versions);
    }

    private static void Replace(string folder, string file, byte[] content)
    {
        var before = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)));
        File.WriteAllBytes(file, content);
        var manifest = Path.Combine(folder, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(before, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)), StringComparison.Ordinal));
    }

    private string Write(int version, int work = 0) => TinyModel.Write(_models, work, version: $"{version}", scale: version);

    private Task<RunningServer> StartAsync(params (string, string)[] settings) => RunningServer.StartAsync([("Mars:Models:Folder", _models), .. settings]);
}
