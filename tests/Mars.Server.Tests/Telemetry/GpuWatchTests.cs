using Mars.Client.Tests.Support;
using Mars.Server.Telemetry;

namespace Mars.Server.Tests.Telemetry;

/// <summary>No GPU is here: a script stands for nvidia-smi, with answers in the form that its documentation gives.</summary>
public sealed class GpuWatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mars-gpu-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_TwoGpus_InOurUnits()
    {
        var gpus = GpuState.Read("0, 37, 1024, 81559, 71.50, 33\n1, 0, 0, 81559, [N/A], 30\n");
        Assert.Equal(2, gpus.Count);
        Assert.Equal(new GpuState("0", 0.37, 1024.0 * 1024 * 1024, 81559.0 * 1024 * 1024, 71.5, 33), gpus[0]);
        Assert.True(double.IsNaN(gpus[1].Power));
    }

    [Fact]
    public void Read_AnythingElse_IsRefused() => Assert.Throws<FormatException>(() => GpuState.Read("NVIDIA-SMI has failed"));

    [Fact]
    public async Task Metrics_WithAProgramThatTells_HaveTheGpus()
    {
        TinyModel.Write(_folder);
        await using var server = await RunningServer.StartAsync(("Mars:Models:Folder", _folder), ("Mars:Telemetry:GpuProgram", Script(_folder)));
        var metrics = await Scrape.UntilAsync(server, s => s.Value("mars_gpu_utilization", "gpu=\"0\"") > 0);
        Assert.Equal(0.37, metrics.Value("mars_gpu_utilization", "gpu=\"0\""));
        Assert.Equal(1024.0 * 1024 * 1024, metrics.Value("mars_gpu_memory_used_bytes", "gpu=\"0\""));
    }

    [Fact]
    public async Task Metrics_WithoutTheProgram_TheServerRunsAndHasNone()
    {
        TinyModel.Write(_folder);
        await using var server = await RunningServer.StartAsync(("Mars:Models:Folder", _folder), ("Mars:Telemetry:GpuProgram", Path.Combine(_folder, "none")));
        Assert.DoesNotContain("mars_gpu_utilization{", (await Scrape.OfAsync(server)).Text, StringComparison.Ordinal);
    }

    /// <summary>Writes the stand-in.</summary>
    internal static string Script(string folder)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the stand-in for nvidia-smi is a shell script");
        var path = Path.Combine(folder, "nvidia-smi");
        File.WriteAllText(path, "#!/bin/sh\necho '0, 37, 1024, 81559, 71.50, 33'\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
