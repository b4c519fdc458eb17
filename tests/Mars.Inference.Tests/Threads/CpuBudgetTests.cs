using Mars.Inference.Threads;

namespace Mars.Inference.Tests.Threads;

public sealed class CpuBudgetTests : IDisposable
{
    private const string Second = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
    private const string First = "31 23 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct\n";

    private readonly string _root = Directory.CreateTempSubdirectory("mars-cgroup").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("100000 100000", 1)]
    [InlineData("150000 100000", 2)]
    [InlineData("20000 100000", 1)]
    [InlineData("max 100000", 8)]
    [InlineData("3200000 100000", 8)]
    [InlineData("nonsense", 8)]
    [InlineData("", 8)]
    [InlineData("-5 0", 8)]
    public void Second_CpuMax(string content, int expected)
    {
        Write("proc/self/cgroup", "0::/\n");
        Write("proc/self/mountinfo", Second);
        Write("sys/fs/cgroup/cpu.max", content + "\n");

        Assert.Equal(expected, Read(8).Threads);
    }

    [Theory]
    [InlineData("-1", "100000", 8)]
    [InlineData("50000", "50000", 1)]
    [InlineData("125000", "50000", 3)]
    public void First_Quota(string quota, string period, int expected)
    {
        Write("proc/self/cgroup", "9:memory:/box\n4:cpuacct,cpu:/box\n0::/\n");
        Write("proc/self/mountinfo", First);
        Write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", quota);
        Write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", period);

        Assert.Equal(expected, Read(8).Threads);
    }

    [Fact]
    public void TheSmallest_OfAllLevels_Counts_AndIsNamed()
    {
        Write("proc/self/cgroup", "0::/slice/box/inner\n");
        Write("proc/self/mountinfo", Second);
        Write("sys/fs/cgroup/slice/cpu.max", "250000 100000");
        Write("sys/fs/cgroup/slice/box/cpu.max", "600000 100000");
        Write("sys/fs/cgroup/slice/box/inner/cpu.max", "max 100000");

        Assert.Equal(new CpuBudget(3, "a limit of 2.5 CPUs in /sys/fs/cgroup/slice/cpu.max"), Read(8));
    }

    // Docker without a namespace for groups mounts the container's own group; a bind mount may lie anywhere.
    [Theory]
    [InlineData("/docker/abc")]
    [InlineData("/docker")]
    public void MountedElsewhere_FromAGroupOn(string mounted)
    {
        Write("proc/self/cgroup", "0::/docker/abc\n");
        Write("proc/self/mountinfo", $"30 23 0:26 {mounted} /my\\040mounts/cg rw - cgroup2 none rw\n");
        Write("my mounts/cg" + "/docker/abc"[mounted.Length..] + "/cpu.max", "200000 100000");

        Assert.Equal(2, Read(8).Threads);
    }

    [Fact]
    public void BothVersions_Mounted_TheLimitIsFoundInEither()
    {
        Write("proc/self/cgroup", "4:cpu:/box\n0::/box\n");
        Write("proc/self/mountinfo", First.Replace("cpu,cpuacct", "cpu", StringComparison.Ordinal) + Second);
        Write("sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "300000");
        Write("sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000");

        Assert.Equal(3, Read(8).Threads);
    }

    [Fact]
    public void WithoutALimit_TheRuntimesNumber_WithItsReason()
    {
        Assert.Equal(4, Read(4).Threads);
        Write("sys/devices/system/cpu/online", "0-3,8\n");
        Assert.Equal(new CpuBudget(2, "the process may use 2 of 5 processors"), Read(2));
    }

    [Fact]
    public void TheVariable_OutranksALimit()
    {
        Write("proc/self/cgroup", "0::/\n");
        Write("proc/self/mountinfo", Second);
        Write("sys/fs/cgroup/cpu.max", "100000 100000");

        Assert.Equal(new CpuBudget(6, "DOTNET_PROCESSOR_COUNT is 6"), CpuBudget.Read(_root, 6, "6"));
    }

    [Fact]
    public void OfThisProcess_IsNoMoreThanTheRuntimeCounts() => Assert.InRange(CpuBudget.Current.Threads, 1, Environment.ProcessorCount);

    private CpuBudget Read(int seen) => CpuBudget.Read(_root, seen, null);

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
