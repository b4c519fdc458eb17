using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Mars.Synthesis;
using Mars.TestSupport;
using Mars.V1;
using OpenCvSharp;

namespace Mars.Server.Tests.Python;

/// <summary>A client in another language, from nothing but protos/: stubs by Debian's python3-grpc-tools, or a skipped test.</summary>
public sealed class PythonClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mars-python-").FullName;

    [Fact]
    public async Task Stream_FromPython_SameLabelsAsFromDotnet()
    {
        Assert.SkipUnless(await RunAsync("-c", "import grpc_tools, grpc") is (0, _), "python3-grpcio and python3-grpc-tools are not on this machine");
        var stubs = await RunAsync(
            "-m", "grpc_tools.protoc", "-I", Path.Combine(SharedData.Root, "protos"), $"--python_out={_folder}", $"--grpc_python_out={_folder}", "mars/v1/recognition.proto");
        Assert.Equal((0, ""), stubs);
        var pictures = Pictures();
        await using var server = await RunningServer.StartAsync();

        using var camera = new TestCamera(server, TestCamera.EveryWindow("dotnet"));
        for (var i = 0; i < pictures.Count; i++)
        {
            var frame = TestCamera.Frame(i + 1);
            frame.Format = PixelFormat.Unspecified;
            frame.Data = ByteString.CopyFrom(pictures[i]);
            await camera.SendAsync(frame);
        }
        await camera.FinishAsync();
        var script = Path.Combine(SharedData.Root, "tests", "Mars.Server.Tests", "Python", "stream_frames.py");
        var (status, output) = await RunAsync(script, _folder, new Uri(server.Address).Authority, _folder);

        Assert.True(status == 0, output);
        var expected = camera.Predictions.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.LastSequence} {p.Actions[0].Label} {p.Actions[0].Score:F4}")).ToArray();
        Assert.Equal(((pictures.Count - 16) / 4) + 1, expected.Length);
        Assert.Equal(expected, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private List<byte[]> Pictures()
    {
        var pictures = new List<byte[]>();
        foreach (var frame in SyntheticVideo.Sequence(["walk", "sit_down"], 11, 6).Render())
        {
            Cv2.ImEncode(".jpg", frame, out var jpeg);
            pictures.Add(jpeg);
            File.WriteAllBytes(Path.Combine(_folder, $"{pictures.Count:D5}.jpg"), jpeg);
        }
        return pictures;
    }

    // Debian's packages belong to its own interpreter, which need not be the first on the path.
    private static async Task<(int Status, string Output)> RunAsync(params string[] arguments)
    {
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output + await errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (127, "there is no python3");
        }
    }
}
