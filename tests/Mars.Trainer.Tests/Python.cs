using System.Diagnostics;

namespace Mars.Trainer.Tests;

/// <summary>Debian's Python with its onnx package: a referee that knows nothing of us.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    private static readonly Lazy<bool> HasOnnx = new(() => File.Exists(Interpreter) && Run("import onnx").Status == 0);

    /// <summary>Runs ONNX's own checker, shape inference included, on a file; where it is not installed it skips the test, or only itself.</summary>
    public static void Check(string graph, bool skip = true)
    {
        if (!HasOnnx.Value)
        {
            Assert.SkipWhen(skip, "python3-onnx is not on this machine");
            return;
        }
        var (status, said) = Run($"import onnx; m = onnx.load('{graph}'); onnx.checker.check_model(m, full_check=True)");
        Assert.True(status == 0, said);
    }

    private static (int Status, string Said) Run(string program)
    {
        using var process = Process.Start(new ProcessStartInfo(Interpreter, ["-c", program]) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said);
    }
}
