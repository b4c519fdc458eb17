using Grpc.Core;
using Mars.V1;

namespace Mars.Client;

/// <summary>One RecognizeStream call: opens it, writes frames from the queue, and passes on what comes back, until it ends one way or another.</summary>
/// <param name="queue">Frames to write; told of answers.</param>
/// <param name="deliver">Takes each response; may wait.</param>
internal sealed class CameraConnection(SendQueue queue, Func<RecognizeStreamResponse, CancellationToken, ValueTask> deliver)
{
    // How long the server may take to say why it broke off what we were writing.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _draining = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until the call is over.</summary>
    public async Task<ConnectionEnd> RunAsync(AsyncDuplexStreamingCall<RecognizeStreamRequest, RecognizeStreamResponse> call, OpenStream open, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var reading = ReadAsync(call.ResponseStream, ended.Token);
            var writing = WriteAsync(call.RequestStream, open, ended.Token);
            if (await Task.WhenAny(reading, writing).ConfigureAwait(false) == writing && writing.IsFaulted)
                ended.CancelAfter(LastWords);
            try
            {
                await reading.ConfigureAwait(false);
            }
            finally
            {
                queue.Disconnected();
                await ended.CancelAsync().ConfigureAwait(false);
                await writing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
            }
            return new ConnectionEnd(writing.IsCompletedSuccessfully && await writing.ConfigureAwait(false), null);
        }
        catch (RpcException error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new ConnectionEnd(false, error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ConnectionEnd(false, new RpcException(new Status(StatusCode.Unavailable, "the connection broke")));
        }
    }

    /// <returns>Whether all frames were written, and not only those before the server began to drain.</returns>
    private async Task<bool> WriteAsync(IClientStreamWriter<RecognizeStreamRequest> writer, OpenStream open, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(new RecognizeStreamRequest { Open = open }, cancellationToken).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = _draining.Task.ContinueWith(_ => stop.Cancel(), stop.Token, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var all = true;
        try
        {
            while (await queue.TakeAsync(stop.Token).ConfigureAwait(false) is { } frame)
                await writer.WriteAsync(new RecognizeStreamRequest { Frame = frame }, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            all = false;
        }
        await writer.CompleteAsync().ConfigureAwait(false);
        return all;
    }

    private async Task ReadAsync(IAsyncStreamReader<RecognizeStreamResponse> reader, CancellationToken cancellationToken)
    {
        while (await reader.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            var response = reader.Current;
            if (response.MessageCase == RecognizeStreamResponse.MessageOneofCase.Opened)
                queue.Connected(response.Opened);
            // Delivered first, counted as answered then: what is cut off in between is asked for again.
            await deliver(response, cancellationToken).ConfigureAwait(false);
            if (response.Prediction is { } prediction)
                queue.Answered(prediction.FirstSequence, prediction.LastSequence, prediction.Position);
            else if (response.Notice is { Kind: Notice.Types.Kind.Expired } lost)
                queue.Answered(lost.FirstSequence, lost.LastSequence, null); // asking again for a window that the model fails on would never end
            else if (response.Notice is { Kind: Notice.Types.Kind.BadFrame or Notice.Types.Kind.RateLimited } bad)
                queue.Discard(bad.LastSequence);
            else if (response.Notice is { Kind: Notice.Types.Kind.Draining })
                _draining.TrySetResult();
        }
    }
}
