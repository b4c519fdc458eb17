using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Mars.Client.Reporting;
using Mars.V1;

namespace Mars.Client.Load;

/// <summary>One RecognizeStream call of a camera: writes what is handed over, counts what comes back. No replay and no patience: those would change the load.</summary>
/// <param name="camera">Its number.</param>
/// <param name="plan">Tells when a sequence number was taken.</param>
/// <param name="frames">What it sees.</param>
/// <param name="backlog">Frames whose time to be sent has come.</param>
/// <param name="tally">Counts.</param>
/// <param name="clock">The run's.</param>
internal sealed class LoadConnection(int camera, SendPlan plan, FrameLoop frames, ChannelReader<FrameSlot> backlog, LoadTally tally, LoadClock clock)
{
    private readonly TaskCompletionSource<StreamOpened> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _due;
    private long _told;
    private volatile int _stride;

    /// <summary>Windows that were due and have had no outcome yet.</summary>
    public long Outstanding => Math.Max(0, Interlocked.Read(ref _due) - Interlocked.Read(ref _told));

    /// <summary>Runs until the backlog is complete and everything was answered.</summary>
    /// <exception cref="RpcException">The connection broke, or was refused.</exception>
    /// <exception cref="OperationCanceledException">It was cut.</exception>
    public async Task RunAsync(AsyncDuplexStreamingCall<RecognizeStreamRequest, RecognizeStreamResponse> call, OpenStream open, CancellationToken cut)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cut);
        var reading = ReadAsync(call.ResponseStream, cut);
        var writing = WriteAsync(call.RequestStream, open, ended.Token);
        try
        {
            // The reader has the reason when a call breaks, so it is the one that is listened to.
            await reading;
        }
        finally
        {
            await ended.CancelAsync();
            await writing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task WriteAsync(IClientStreamWriter<RecognizeStreamRequest> writer, OpenStream open, CancellationToken cut)
    {
        await writer.WriteAsync(new RecognizeStreamRequest { Open = open }, cut);
        var opened = await _opened.Task.WaitAsync(cut);
        var ledger = new WindowLedger(opened);
        tally.Opened(opened);
        _stride = (int)opened.Stride;
        var frame = new Frame();
        var message = new RecognizeStreamRequest { Frame = frame };
        var free = clock.Elapsed; // since when nothing but the plan holds a frame up
        await foreach (var slot in backlog.ReadAllAsync(cut))
        {
            if (free <= slot.Send)
                tally.Lag(slot.Capture, clock.Elapsed - slot.Send);
            frame.Sequence = slot.Sequence;
            frame.CaptureTime = Timestamp.FromDateTimeOffset(clock.ToWall(slot.Capture));
            frame.Data = frames[(camera * 37L) + (long)slot.Sequence];
            await writer.WriteAsync(message, cut);
            free = clock.Elapsed;
            var due = ledger.Sent(slot.Capture);
            tally.Sent(slot.Capture, due, due * (1 - (opened.Stride / (double)_stride)));
            if (tally.Counts(slot.Capture))
                Interlocked.Add(ref _due, due);
        }
        await writer.CompleteAsync();
    }

    private async Task ReadAsync(IAsyncStreamReader<RecognizeStreamResponse> reader, CancellationToken cut)
    {
        while (await reader.MoveNext(cut))
        {
            switch (reader.Current.MessageCase)
            {
                case RecognizeStreamResponse.MessageOneofCase.Opened:
                    _opened.TrySetResult(reader.Current.Opened);
                    break;
                case RecognizeStreamResponse.MessageOneofCase.Prediction:
                    var capture = plan.Capture(reader.Current.Prediction.LastSequence);
                    if (tally.Answered(camera, capture, clock.Elapsed - capture, reader.Current.Prediction.InferenceTime?.ToTimeSpan() ?? default))
                        Interlocked.Increment(ref _told);
                    break;
                case RecognizeStreamResponse.MessageOneofCase.Notice:
                    Note(reader.Current.Notice);
                    break;
            }
        }
    }

    private void Note(Notice notice)
    {
        var capture = plan.Capture(notice.LastSequence);
        var windows = NoticeCount.Of(notice);
        var ended = notice.Kind switch
        {
            Notice.Types.Kind.Superseded => tally.Ended(capture, w => w with { Superseded = w.Superseded + windows }),
            Notice.Types.Kind.Expired when notice.Detail.Contains("failed", StringComparison.Ordinal) => tally.Ended(capture, w => w with { Failed = w.Failed + windows }),
            Notice.Types.Kind.Expired => tally.Ended(capture, w => w with { Expired = w.Expired + windows }),
            _ => false,
        };
        if (ended)
            Interlocked.Add(ref _told, windows);
        if (notice.Kind == Notice.Types.Kind.Degraded && notice.Detail.StartsWith("stride", StringComparison.Ordinal) && int.TryParse(notice.Detail.Split(' ')[^1], out var stride))
            tally.Stretched(_stride = stride);
        if (notice.Kind is Notice.Types.Kind.BadFrame or Notice.Types.Kind.RateLimited)
            tally.Rejected(capture);
    }
}
