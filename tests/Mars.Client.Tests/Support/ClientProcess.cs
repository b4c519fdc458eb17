using System.Diagnostics;

namespace Mars.Client.Tests.Support;

/// <summary>The command line as a process of its own, inside a line of the shell.</summary>
internal static class ClientProcess
{
    /// <summary>Runs a line in which $M is the command line.</summary>
    public static async Task<(int Exit, string Output, string Error)> ShellAsync(string line, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(line);
        start.Environment["M"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "Mars.Client.dll")}";
        foreach (var name in (string[])["http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"])
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(Limits.Wait), process.StandardError.ReadToEndAsync(Limits.Wait));
            await process.WaitForExitAsync(Limits.Wait);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
