using System.Collections.Concurrent;
using System.Diagnostics;

namespace Mars.Client.Cameras;

/// <summary>The program ffmpeg of this machine, versions 4 to 8.</summary>
internal sealed class FfmpegProgram
{
    private const string Install = "install it (apt-get install -y ffmpeg; version 4.0 or later), or add its folder to PATH";

    // Long, because a machine may be busy; a program that waits for ever is none.
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(30);

    private static readonly ConcurrentDictionary<string, FfmpegProgram> Known = new();

    private readonly string _path;

    private FfmpegProgram(string path, string[] passthrough)
    {
        _path = path;
        Passthrough = passthrough;
    }

    /// <summary>Options of an output that passes on each frame once, whatever its time stamp: -fps_mode since 5.1, -vsync before.</summary>
    public string[] Passthrough { get; }

    /// <summary>Finds the program by PATH, and tries it once.</summary>
    /// <exception cref="CameraException">It is missing, or does not work.</exception>
    public static FfmpegProgram Find()
    {
        var name = OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg";
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw Final($"this camera needs the program ffmpeg, which is not in PATH: {Install}");
        return Known.GetOrAdd(path, Try);
    }

    /// <summary>Starts it.</summary>
    /// <param name="arguments">Without any that concern the terminal and its log.</param>
    /// <param name="noProxy">A host that is reached without a proxy, whatever the environment names.</param>
    /// <exception cref="CameraException">It cannot be started.</exception>
    public FfmpegProcess Start(IEnumerable<string> arguments, string? noProxy = null)
    {
        var start = new ProcessStartInfo(_path, ["-hide_banner", "-loglevel", "error", .. arguments]);
        start.Environment["AV_LOG_FORCE_NOCOLOR"] = "1";
        if (noProxy is not null)
            start.Environment["no_proxy"] = noProxy;
        return FfmpegProcess.Start(start) ?? throw Final($"{_path} cannot be started: {Install}");
    }

    // By the option itself: versions of distributions, and of builds from a branch, do not tell.
    private static FfmpegProgram Try(string path)
    {
        var said = "";
        foreach (var passthrough in (string[][])[["-fps_mode", "passthrough"], ["-vsync", "passthrough"]])
        {
            using var process = FfmpegProcess.Start(new ProcessStartInfo(path, ["-hide_banner", .. passthrough, "-version"])) ?? throw Final($"{path} cannot be started: {Install}");
            using var limit = new CancellationTokenSource(ProbeTime);
            using var kill = limit.Token.Register(process.Kill);
            process.Output.CopyTo(Stream.Null);
            if (process.WaitForExit() == 0)
                return new FfmpegProgram(path, passthrough);
            said = process.Errors() is [.., var last] ? last : "it says nothing";
        }
        throw Final($"{path} does not work ({said}): {Install}");
    }

    private static CameraException Final(string reason) => new(new CameraFault(FaultKind.Final, reason));
}
