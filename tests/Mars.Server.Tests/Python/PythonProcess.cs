using System.Diagnostics;

namespace Mars.Server.Tests.Python;

/// <summary>Python programs and their stubs. Debian's packages belong to its own interpreter, which need not be the first on the path.</summary>
internal static class PythonProcess
{
    public static string Interpreter { get; } = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    /// <summary>Makes the stubs of a proto file, or skips the test.</summary>
    public static async Task StubsAsync(string protos, string file, string folder)
    {
        Assert.SkipUnless(await RunAsync("-c", "import grpc_tools, grpc") is (0, _), "python3-grpcio and python3-grpc-tools are not on this machine");
        Assert.Equal((0, ""), await RunAsync("-m", "grpc_tools.protoc", "-I", protos, $"--python_out={folder}", $"--grpc_python_out={folder}", file));
    }

    /// <summary>Runs to the end; both outputs, one behind the other.</summary>
    public static Task<(int Status, string Output)> RunAsync(params string[] arguments) => RunAsync(new ProcessStartInfo(Interpreter, arguments));

    /// <summary>Runs to the end, or for two minutes; both outputs, one behind the other.</summary>
    public static async Task<(int Status, string Output)> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        try
        {
            using var process = Process.Start(start)!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromMinutes(2));
            await using var ended = limit.Token.Register(() => process.Kill(entireProcessTree: true));
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output + await errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (127, $"there is no {start.FileName}");
        }
    }
}
