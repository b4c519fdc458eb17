using System.Globalization;
using Google.Protobuf;
using Mars.Client.Tests.Support;
using Mars.Synthesis;
using Mars.TestSupport;
using Mars.V1;
using OpenCvSharp;

namespace Mars.Server.Tests.Python;

/// <summary>A client in another language, from nothing but protos/: stubs by Debian's python3-grpc-tools, or a skipped test.</summary>
public sealed class PythonClientTests : IDisposable
{
    private static readonly string Scripts = Path.Combine(SharedData.Root, "tests", "Mars.Server.Tests", "Python");

    private readonly string _folder = Directory.CreateTempSubdirectory("mars-python-").FullName;

    [Fact]
    public async Task Stream_FromPython_SameLabelsAsFromDotnet()
    {
        await PythonProcess.StubsAsync(Path.Combine(SharedData.Root, "protos"), "mars/v1/recognition.proto", _folder);
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
        var (status, output) = await PythonProcess.RunAsync(Path.Combine(Scripts, "stream_frames.py"), _folder, new Uri(server.Address).Authority, _folder);

        Assert.True(status == 0, output);
        var expected = camera.Predictions.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.LastSequence} {p.Actions[0].Label} {p.Actions[0].Score:F4}")).ToArray();
        Assert.Equal(((pictures.Count - 16) / 4) + 1, expected.Length);
        Assert.Equal(expected, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task KServe_FromPython_ByTheProtocolsOwnNumbers()
    {
        await PythonProcess.StubsAsync(Scripts, "open_inference.proto", _folder);
        var models = Path.Combine(_folder, "models");
        TinyModel.Write(models);
        await using var server = await RunningServer.StartAsync(("Mars:Models:Folder", models));
        var (status, output) = await PythonProcess.RunAsync(Path.Combine(Scripts, "kserve_infer.py"), _folder, new Uri(server.Address).Authority, "colour");
        Assert.True(status == 0, output);
        Assert.Equal(
            [
                "True True",
                "colour ['1'] clip UINT8 [-1, 16, 112, 112, 3]",
                "8 [16, 112, 112, 3] [3]",
                "one 1 [10.0, 0.0, 0.0, 0.0, 0.0, 20.0]",
                "['0:red', '2:blue']",
                "2 1",
                "INVALID_ARGUMENT inputs[0].shape: is [2, 8, 112, 112, 3] and must be [N, 16, 112, 112, 3]: N clips of 16 frames, 112 x 112 pixels, 3 channels",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
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
}
