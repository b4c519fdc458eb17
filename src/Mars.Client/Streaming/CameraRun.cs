using Mars.Client.Sources;
using Mars.V1;

namespace Mars.Client.Streaming;

/// <summary>Streams a feed as a camera from its first frame to the last answer.</summary>
/// <param name="feed">The frames.</param>
/// <param name="open">Opens the stream, once there is a frame to send.</param>
internal sealed class CameraRun(FrameFeed feed, Func<CancellationToken, Task<CameraStream>> open)
{
    // After Ctrl-C the answers under way may still come, but nobody waits longer than this.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    /// <summary>Called before each frame is sent.</summary>
    public required Action<Frame> Sending { get; init; }

    /// <summary>Called with all that comes back, on another thread than <see cref="Sending"/>.</summary>
    public required Action<RecognizeStreamResponse> Received { get; init; }

    /// <summary>Runs until the feed ends or <paramref name="stop"/> says so; both are good ends.</summary>
    /// <exception cref="MarsException">The server refused the stream.</exception>
    /// <exception cref="SourceException">The source broke.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var frames = feed.ReadAsync(sending.Token).GetAsyncEnumerator(sending.Token);
        // A camera that cannot be reached for minutes holds no stream open. A file's frames are due from its first one on, which waits for the stream.
        if (feed.IsLive && !await NextAsync(frames, sending.Token))
            return;
        await using var stream = await open(stop);
        if (!feed.IsLive && !await NextAsync(frames, sending.Token))
            return;
        using var reading = new CancellationTokenSource();
        using var farewell = stop.Register(() => reading.CancelAfter(Farewell));
        var answers = ReadAsync(stream, sending, reading.Token);
        try
        {
            await SendAsync(stream, frames, sending.Token);
            // Where showing an answer has failed, nobody reads those that are still to come.
            await (await Task.WhenAny(answers, stream.CompleteAsync(reading.Token)));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The answers that did not come in time are the server's to forget.
        }
        catch (MarsException)
        {
            // The reader has the same error, and is the one that tells it.
        }
        await answers;
    }

    private async Task SendAsync(CameraStream stream, IAsyncEnumerator<Frame> frames, CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                Sending(frames.Current);
                await stream.SendAsync(frames.Current, cancellationToken);
            }
            while (await NextAsync(frames, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<Frame> frames, CancellationToken cancellationToken)
    {
        try
        {
            return await frames.MoveNextAsync();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task ReadAsync(CameraStream stream, CancellationTokenSource sending, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var update in stream.ReadAllAsync(cancellationToken))
                Received(update);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            await sending.CancelAsync();
        }
    }
}
