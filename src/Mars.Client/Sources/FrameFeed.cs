using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Mars.V1;

namespace Mars.Client.Sources;

/// <summary>Turns a source into numbered messages with capture times: reads and encodes on a thread of its own, hands out at the source's pace.</summary>
/// <param name="source">Belongs to the feed while it is read.</param>
/// <param name="encoding">In what form frames are sent.</param>
/// <param name="paced">Hand out a file's frames when they are due and not as fast as they are taken.</param>
/// <param name="time">The clock.</param>
internal sealed class FrameFeed(IFrameSource source, FrameEncoding encoding, bool paced, TimeProvider time)
{
    // Frames of a file are read ahead; of a camera only the newest is worth sending.
    private const int ReadAhead = 8;

    private long _skipped;

    /// <summary>Whether frames come when they come.</summary>
    public bool IsLive => source.IsLive;

    /// <summary>Frames of a camera that were replaced by newer ones before they could be sent.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>The frames, with sequence numbers from 1.</summary>
    public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<(Frame Frame, TimeSpan Time)>(
            new BoundedChannelOptions(source.IsLive ? 1 : ReadAhead)
            {
                FullMode = source.IsLive ? BoundedChannelFullMode.DropOldest : BoundedChannelFullMode.Wait,
                SingleReader = true,
                SingleWriter = true,
            },
            _ => Interlocked.Increment(ref _skipped));
        var thread = new Thread(() => Fill(channel.Writer, stop.Token)) { IsBackground = true, Name = "mars-source" };
        thread.Start();
        try
        {
            DateTimeOffset? start = null;
            await foreach (var (frame, at) in channel.Reader.ReadAllAsync(cancellationToken))
            {
                if (!source.IsLive)
                {
                    start ??= time.GetUtcNow() - at;
                    var due = start.Value + at;
                    frame.CaptureTime = Timestamp.FromDateTimeOffset(due);
                    if (paced && due - time.GetUtcNow() is { Ticks: > 0 } early)
                        await Task.Delay(early, time, cancellationToken);
                }
                yield return frame;
            }
        }
        finally
        {
            await stop.CancelAsync();
            thread.Join(TimeSpan.FromSeconds(6)); // the longest that a lost camera's read takes
        }
    }

    private void Fill(ChannelWriter<(Frame Frame, TimeSpan Time)> writer, CancellationToken cancellationToken)
    {
        try
        {
            using var frame = new SourceFrame();
            using var encoder = new FrameEncoder(encoding);
            for (ulong sequence = 1; source.TryRead(frame, cancellationToken); sequence++)
            {
                var captured = time.GetUtcNow();
                var message = encoder.Encode(frame);
                message.Sequence = sequence;
                if (source.IsLive)
                    message.CaptureTime = Timestamp.FromDateTimeOffset(captured);
                while (!writer.TryWrite((message, frame.Time)))
                    writer.WaitToWriteAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
            }
            writer.TryComplete();
        }
        catch (OperationCanceledException)
        {
            writer.TryComplete();
        }
        catch (Exception error)
        {
            writer.TryComplete(error);
        }
    }
}
