using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Mars.V1;

namespace Mars.Client;

/// <summary>A Mars server: recognises videos and cameras.</summary>
public sealed class MarsClient : IDisposable
{
    /// <summary>
    /// Name of the ActivitySource for the frames that cameras send. Where someone listens to it (OpenTelemetry's AddSource), each sampled frame takes its trace to the server, which goes on with it.
    /// </summary>
    public const string TraceSource = "Mars.Client";

    private readonly GrpcChannel _channel;
    private readonly ActionRecognition.ActionRecognitionClient _stub;
    private readonly MarsClientOptions _options;

    /// <param name="address">http://host:port (HTTP/2 without TLS), https://host:port, or dns:///host:port (without TLS): all servers that the name stands for.</param>
    /// <param name="options">How to reach it.</param>
    /// <exception cref="MarsException">
    /// A certificate cannot be read, a key would go over the network in clear, or the environment (http_proxy, all_proxy) names a proxy for an http:// address: plain HTTP/2 passes none.
    /// </exception>
    public MarsClient(Uri address, MarsClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        Address = address;
        _options = options ?? new MarsClientOptions();
        _channel = ServerChannel.Open(address, _options);
        _stub = new ActionRecognition.ActionRecognitionClient(_channel.Calls(_options));
    }

    /// <summary>Where the server is.</summary>
    public Uri Address { get; }

    /// <summary>Recognises a short encoded video (MP4, AVI, WebM).</summary>
    /// <exception cref="MarsException">Refused, or the server cannot be reached.</exception>
    public Task<RecognizeResponse> RecognizeAsync(ReadOnlyMemory<byte> video, string model = "", int topK = 0, CancellationToken cancellationToken = default) =>
        RecognizeAsync(new RecognizeRequest { Model = model, TopK = (uint)topK, Video = UnsafeByteOperations.UnsafeWrap(video) }, cancellationToken);

    /// <summary>Recognises a run of frames.</summary>
    /// <param name="frames">In order.</param>
    /// <param name="frameRate">Frames per second; 0 means that the capture times say it.</param>
    /// <param name="model">Model or ensemble; empty means the server's default.</param>
    /// <param name="topK">Labels of the answer; 0 means 5.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="MarsException">Refused, or the server cannot be reached.</exception>
    public Task<RecognizeResponse> RecognizeAsync(
        IEnumerable<Frame> frames, double frameRate = 0, string model = "", int topK = 0, CancellationToken cancellationToken = default)
    {
        var request = new RecognizeRequest { Model = model, TopK = (uint)topK, Frames = new FrameSequence { FrameRate = frameRate } };
        request.Frames.Frames.AddRange(frames);
        return RecognizeAsync(request, cancellationToken);
    }

    /// <summary>Opens a camera's stream.</summary>
    /// <exception cref="MarsException">Refused, or the server cannot be reached.</exception>
    public async Task<CameraStream> OpenCameraAsync(CameraOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var stream = new CameraStream(_stub, _options, options);
        try
        {
            await stream.Opened.WaitAsync(cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The models that the server serves.</summary>
    /// <exception cref="MarsException">Refused, or the server cannot be reached.</exception>
    public async Task<IReadOnlyList<ModelInfo>> ListModelsAsync(CancellationToken cancellationToken = default) =>
        (await CallAsync(_stub.ListModelsAsync(new ListModelsRequest(), cancellationToken: cancellationToken)).ConfigureAwait(false)).Models;

    /// <summary>The cameras that the server knows.</summary>
    /// <exception cref="MarsException">Refused, or the server cannot be reached.</exception>
    public async Task<IReadOnlyList<CameraState>> ListCamerasAsync(CancellationToken cancellationToken = default) =>
        (await CallAsync(_stub.ListCamerasAsync(new ListCamerasRequest(), cancellationToken: cancellationToken)).ConfigureAwait(false)).Cameras;

    /// <summary>What cameras produce, whoever sends their frames; until cancelled.</summary>
    /// <param name="cameraIds">Empty means all.</param>
    /// <param name="predictions">Predictions too, and not only events and notices.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="MarsException">Refused, or the connection broke.</exception>
    public async IAsyncEnumerable<CameraUpdate> WatchCamerasAsync(
        IEnumerable<string> cameraIds, bool predictions, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new WatchCamerasRequest { Predictions = predictions };
        request.CameraIds.AddRange(cameraIds);
        using var call = _stub.WatchCameras(request, cancellationToken: cancellationToken);
        while (await NextAsync(call.ResponseStream, cancellationToken).ConfigureAwait(false))
            yield return call.ResponseStream.Current;
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _channel.Dispose();

    private Task<RecognizeResponse> RecognizeAsync(RecognizeRequest request, CancellationToken cancellationToken) =>
        CallAsync(_stub.RecognizeAsync(request, cancellationToken: cancellationToken));

    private static async Task<bool> NextAsync(IAsyncStreamReader<CameraUpdate> reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.MoveNext(cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw MarsException.From(error);
        }
    }

    private static async Task<T> CallAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            using (call)
                return await call.ConfigureAwait(false);
        }
        catch (RpcException error)
        {
            throw MarsException.From(error);
        }
    }
}
