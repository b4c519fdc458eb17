using Mars.Client.Sources;
using Mars.V1;

namespace Mars.Client.Streaming;

/// <summary>Streams a feed as a camera from its first frame to the last answer.</summary>
internal sealed class CameraRun(CameraStream stream, FrameFeed feed)
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
        using var reading = new CancellationTokenSource();
        using var farewell = stop.Register(() => reading.CancelAfter(Farewell));
        var answers = ReadAsync(sending, reading.Token);
        try
        {
            await SendAsync(sending.Token);
            await stream.CompleteAsync(reading.Token);
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

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var frame in feed.ReadAsync(cancellationToken))
            {
                Sending(frame);
                await stream.SendAsync(frame, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task ReadAsync(CancellationTokenSource sending, CancellationToken cancellationToken)
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
