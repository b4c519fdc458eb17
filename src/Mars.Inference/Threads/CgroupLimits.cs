using System.Globalization;
using System.Text.RegularExpressions;

namespace Mars.Inference.Threads;

/// <summary>What a control group allows.</summary>
/// <param name="Cpus">Processor time for each second, in seconds: 1.5, say.</param>
/// <param name="File">Where it says so.</param>
internal sealed record CgroupLimit(double Cpus, string File);

/// <summary>The CPU limits of the control groups of this process, and of all above it. Files that are missing or make no sense are no limits.</summary>
internal static partial class CgroupLimits
{
    /// <param name="root">The folder in which proc and sys are found.</param>
    public static IEnumerable<CgroupLimit> Read(string root)
    {
        var groups = Lines(Path.Combine(root, "proc/self/cgroup")).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).ToList();
        foreach (var line in Lines(Path.Combine(root, "proc/self/mountinfo")))
        {
            // 30 23 0:26 /own/root /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate
            var halves = line.Split(" - ", 2);
            var (mount, kind) = (halves[0].Split(' '), halves[^1].Split(' '));
            if (halves.Length < 2 || mount.Length < 5 || kind.Length < 3)
                continue;
            var (isSecond, isFirst) = (kind[0] == "cgroup2", kind[0] == "cgroup" && kind[2].Split(',').Contains("cpu"));
            var group = groups.Find(g => (isSecond && g[1].Length == 0) || (isFirst && g[1].Split(',').Contains("cpu")));
            if (group is null)
                continue;
            var top = Unescape(mount[4]);
            foreach (var folder in FromOwnToTop(top, Below(Unescape(mount[3]), group[2])))
            {
                if ((isSecond ? Second(root, folder) : First(root, folder)) is { } limit)
                    yield return limit;
            }
        }
    }

    // What is mounted may be the hierarchy from the own group on, or from one above: what lies further up is not to be seen from here.
    private static string Below(string mounted, string group)
    {
        mounted = mounted.TrimEnd('/');
        return group.StartsWith(mounted + "/", StringComparison.Ordinal) ? group[mounted.Length..].Trim('/') : string.Empty;
    }

    private static IEnumerable<string> FromOwnToTop(string top, string below)
    {
        for (var rest = below; rest.Length > 0; rest = Path.GetDirectoryName(rest) ?? string.Empty)
            yield return Path.Combine(top, rest);
        yield return top;
    }

    private static CgroupLimit? Second(string root, string folder)
    {
        var file = Path.Combine(folder, "cpu.max"); // "150000 100000", or "max 100000"
        return Lines(Inside(root, file)) is [var line, ..] && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var quota, var period] ? Limit(quota, period, file) : null;
    }

    private static CgroupLimit? First(string root, string folder)
    {
        var file = Path.Combine(folder, "cpu.cfs_quota_us"); // -1: none
        return Lines(Inside(root, file)) is [var quota, ..] && Lines(Inside(root, Path.Combine(folder, "cpu.cfs_period_us"))) is [var period, ..] ? Limit(quota, period, file) : null;
    }

    private static CgroupLimit? Limit(string quota, string period, string file) =>
        long.TryParse(quota, CultureInfo.InvariantCulture, out var q) && long.TryParse(period, CultureInfo.InvariantCulture, out var p) && q > 0 && p > 0
            ? new CgroupLimit((double)q / p, file)
            : null;

    private static string Inside(string root, string path) => Path.Combine(root, path.TrimStart('/'));

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A space is \040 there.
    private static string Unescape(string text) => Octal().Replace(text, m => ((char)Convert.ToInt32(m.Groups[1].Value, 8)).ToString());

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
