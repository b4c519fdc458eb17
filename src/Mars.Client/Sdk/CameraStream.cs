using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Mars.V1;

namespace Mars.Client;

/// <summary>
/// A camera's frames in, predictions and events out. Lives longer than its connection: when that breaks it comes back, sends again what is needed to
/// fill the window, and in every-window mode everything that has no answer yet, so that no window is lost. One sender, one reader.
/// </summary>
public sealed class CameraStream : IAsyncDisposable
{
    private readonly ActionRecognition.ActionRecognitionClient _stub;
    private readonly MarsClientOptions _client;
    private readonly CameraOptions _options;
    private readonly SendQueue _queue;
    private readonly Channel<RecognizeStreamResponse> _updates;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<StreamOpened> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private ulong _sequence;

    internal CameraStream(ActionRecognition.ActionRecognitionClient stub, MarsClientOptions client, CameraOptions options)
    {
        _stub = stub;
        _client = client;
        _options = options;
        var buffer = new ResumeBuffer(options.Mode == DeliveryMode.EveryWindow, options.MaxKeptFrames, options.MaxKeptBytes);
        _queue = new SendQueue(buffer, client.Time);
        _updates = Channel.CreateBounded<RecognizeStreamResponse>(new BoundedChannelOptions(options.MaxPendingUpdates) { SingleWriter = true });
        _backoff = new Backoff(client.Reconnect, client.Time, Random.Shared.NextDouble);
        _running = Task.Run(RunAsync);
    }

    /// <summary>What the server said when it opened the stream: model, clip length, stride, frame rate.</summary>
    public Task<StreamOpened> Opened => _opened.Task;

    /// <summary>Connections made after the first one.</summary>
    public int Reconnects { get; private set; }

    /// <summary>
    /// Sends a frame; waits while the network or (in every-window mode) the server is slower than the camera. The frame belongs to the stream from then on.
    /// A sequence number of 0 is filled in, and a missing capture time is now.
    /// </summary>
    /// <exception cref="MarsException">The server refused the stream.</exception>
    public Task SendAsync(Frame frame, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Sequence == 0)
            frame.Sequence = _sequence + 1;
        if (frame.Sequence <= _sequence)
            throw new ArgumentException($"sequence number {frame.Sequence} after {_sequence}", nameof(frame));
        _sequence = frame.Sequence;
        frame.CaptureTime ??= Timestamp.FromDateTimeOffset(_client.Time.GetUtcNow());
        return FrameTracing.IsOn ? FrameTracing.SendAsync(_queue, frame, _options.CameraId, cancellationToken) : _queue.AddAsync(frame, cancellationToken);
    }

    /// <summary>What comes back, until the stream is over. Each reconnect gives another `opened`. Has to be read: the stream waits for its reader.</summary>
    /// <exception cref="MarsException">The server refused the stream.</exception>
    public IAsyncEnumerable<RecognizeStreamResponse> ReadAllAsync(CancellationToken cancellationToken = default) => _updates.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Says that no more frames come, and waits until the last answer was read.</summary>
    /// <exception cref="MarsException">The server refused the stream.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken = default)
    {
        _queue.Complete();
        await _updates.Reader.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the stream at once, without waiting for answers.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await ConnectAsync().ConfigureAwait(false) is { Completed: false } end)
                await WaitAsync(end).ConfigureAwait(false);
            Finish(null);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            Finish(new OperationCanceledException("the stream was disposed of"));
        }
        catch (Exception error)
        {
            Finish(error as MarsException ?? new MarsException(error.Message, error));
        }
    }

    private async Task<ConnectionEnd> ConnectAsync()
    {
        var open = OpenRequest.From(_options, _queue.Resume);
        using var call = _stub.RecognizeStream(cancellationToken: _stop.Token);
        return await new CameraConnection(_queue, DeliverAsync).RunAsync(call, open, _stop.Token).ConfigureAwait(false);
    }

    private async Task WaitAsync(ConnectionEnd end)
    {
        // A server that is still loading its models, or full, says when to come back: that holds for the first connection too.
        var asked = end.Error is null ? null : RetryRules.RetryDelay(end.Error);
        var mayRetry = _opened.Task.IsCompleted || _client.Reconnect.WaitForServer || asked is not null;
        // A token that has run out is worth one attempt with the next.
        var freshToken = _client.Token is not null && _opened.Task.IsCompleted && _backoff.Attempts == 0 && end.Error?.StatusCode == StatusCode.Unauthenticated;
        if (end.Error is { } error && !freshToken && (!mayRetry || !RetryRules.IsTransient(error)))
            throw MarsException.From(error);
        if (!mayRetry)
            throw new MarsException("the server ended the stream before it was open");
        var delay = _backoff.Next(asked);
        if (_backoff.Exhausted)
            throw end.Error is null ? new MarsException("the server ends the stream again and again") : MarsException.From(end.Error);
        _options.OnConnectionLost?.Invoke(new ConnectionLost(end.Error?.Status.Detail ?? "the server ended the stream", _backoff.Attempts, delay));
        await Task.Delay(delay, _client.Time, _stop.Token).ConfigureAwait(false);
    }

    private ValueTask DeliverAsync(RecognizeStreamResponse response, CancellationToken cancellationToken)
    {
        if (response.Opened is { } opened)
        {
            if (!_opened.TrySetResult(opened))
                Reconnects++;
        }
        else
        {
            // Only an answer shows that the connection works; a server that opens streams and drops them must not be hammered.
            _backoff.Reset();
        }
        return _updates.Writer.WriteAsync(response, cancellationToken);
    }

    private void Finish(Exception? failure)
    {
        _queue.Fail(failure ?? new InvalidOperationException("the stream is over"));
        if (failure is null)
            _opened.TrySetCanceled();
        else
            _opened.TrySetException(failure);
        _updates.Writer.TryComplete(failure);
    }
}
