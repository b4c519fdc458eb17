using Google.Protobuf;
using Mars.Client.Tests.Support;
using Mars.V1;

namespace Mars.Server.Tests.Events;

/// <summary>A camera before which something is red, green or blue, and a model that tells which; an event begins and ends with each colour.</summary>
internal sealed class ColourCamera : IDisposable
{
    private const int FramesOfAColour = 32;

    private static readonly byte[][] Pixels = [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, 64 * 48 * 3).Select(i => i % 3 == c ? (byte)255 : (byte)0).ToArray())];

    private readonly TestCamera _camera;
    private int _sequence;

    public ColourCamera(RunningServer server, string id = "door", EventOptions? events = null)
    {
        var open = TestCamera.EveryWindow(id);
        open.Events = events;
        _camera = new TestCamera(server, open);
    }

    public IReadOnlyList<RecognizeStreamResponse> Replies => _camera.Replies;

    /// <summary>Makes the package where it is not there yet, and gives the setting that serves it.</summary>
    public static (string Key, string Value) Model(string folder)
    {
        if (!Directory.Exists(folder))
            TinyModel.Write(folder);
        return ("Mars:Models:Folder", folder);
    }

    /// <summary>Shows one colour after another, each for 32 frames.</summary>
    public async Task ShowAsync(params string[] colours)
    {
        foreach (var colour in colours)
        {
            for (var i = 0; i < FramesOfAColour; i++)
            {
                var frame = TestCamera.Frame(++_sequence);
                frame.Data = ByteString.CopyFrom(Pixels[Array.IndexOf(TinyModel.Labels, colour)]);
                await _camera.SendAsync(frame);
            }
        }
    }

    /// <summary>Ends the stream, and with it the last event.</summary>
    public Task FinishAsync() => _camera.FinishAsync();

    public void Dispose() => _camera.Dispose();
}
