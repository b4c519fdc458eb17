using System.Text.Json;
using Mars.Trainer.Benchmarking;
using Mars.Trainer.Tests.Commands;
using OpenCvSharp;

namespace Mars.Trainer.Tests.Benchmarking;

public sealed class EngineBenchTests : IDisposable
{
    private static readonly string[] Promised = ["int8_vs_plain3d_fp32", "int8_vs_libtorch_bf16", "fp32_vs_plain3d_fp32"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Each round is a moment of the machine in which all ran: what counts are the rounds' ratios, not the ratio of two medians.
    [Fact]
    public void Ratios_OfAMachineThatSlowsDown_AreTheMediansOfTheRounds()
    {
        var report = new BenchReport("test", 2, [Row("plain3d_fp32", 10, 20, 40), Row("libtorch_bf16", 8, 8, 8), Row("ours_fp32", 5, 10, 20), Row("ours_int8", 2, 5, 5)]);
        report.WriteJson(_folder.File("bench.json"));
        using var json = JsonDocument.Parse(File.ReadAllText(_folder.File("bench.json")));
        var ratios = json.RootElement.GetProperty("ratios");
        Assert.Equal([5, 1.6, 2], Promised.Select(r => ratios.GetProperty(r).GetDouble()));
        Assert.Equal("ours_int8", json.RootElement.GetProperty("rows")[3].GetProperty("name").GetString());
        Assert.Equal((5, 2, 5), (Figure("medianMs"), Figure("leastMs"), Figure("mostMs")));

        double Figure(string name) => json.RootElement.GetProperty("rows")[3].GetProperty(name).GetDouble();
    }

    [Fact]
    public async Task Engine_ASmallNetwork_TimesEveryWayAndWritesJsonAndPicture()
    {
        var said = await TrainerProcess.RunAsync(
            "bench", "engine", "--depth", "14", "--width", "narrow", "--frames", "8", "--rounds", "1", "--threads", "1", "--profile", "--json", _folder.File("bench.json"), "--png", _folder.File("bench.png"));
        using var json = JsonDocument.Parse(File.ReadAllText(_folder.File("bench.json")));
        Assert.Equal(
            [
                "plain3d_fp32", "libtorch_fp32", "libtorch_bf16", "ours_fp32", "ours_fp32_batch2", "ours_fp32_batch4", "ours_fp32_batch8",
                "ours_fp32_stride1_reuse", "ours_fp32_stride4_reuse", "ours_fp32_stride8_reuse", "ours_int8", "ours_int8_batch2", "ours_int8_batch4", "ours_int8_batch8",
                "ours_int8_stride1_reuse", "ours_int8_stride4_reuse", "ours_int8_stride8_reuse",
            ],
            json.RootElement.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        foreach (var name in (string[])[.. Promised, "stem_reuse_stride4_vs_without", "int8_stem_reuse_stride4_vs_without"])
        {
            Assert.True(json.RootElement.GetProperty("ratios").GetProperty(name).GetDouble() > 0, name);
            Assert.Contains(name, said, StringComparison.Ordinal);
        }
        Assert.Contains("QLinearConv", said, StringComparison.Ordinal); // the profile of the int8 graph
        using var picture = Cv2.ImRead(_folder.File("bench.png"));
        Assert.Equal(900, picture.Width);
    }

    private static BenchRow Row(string name, params double[] milliseconds) => new(name, 1, milliseconds);
}
