using Mars.V1;

namespace Mars.Client;

/// <summary>Between the one who sends frames and the connection of the moment: waits, and the <see cref="ResumeBuffer"/> behind a lock.</summary>
internal sealed class SendQueue(ResumeBuffer buffer, TimeProvider time)
{
    // A server that takes frames and answers nothing for so long will not answer: keep the camera going.
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSignal();
    private Exception? _failure;
    private bool _connected;
    private bool _completed;

    /// <summary>The last window that was answered.</summary>
    public (ulong After, WindowPosition? Position) Resume
    {
        get
        {
            lock (_gate)
                return (buffer.ResumeAfter, buffer.Position);
        }
    }

    /// <summary>Adds a frame as soon as the connection (or, while there is none, the buffer) has room for it.</summary>
    public async Task AddAsync(Frame frame, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_failure is not null)
                    throw new MarsException(_failure.Message, _failure);
                if (_completed)
                    throw new InvalidOperationException("the stream was completed");
                if (buffer.HasRoom() && (!_connected || buffer.Unwritten == 0))
                {
                    buffer.Add(frame);
                    Pulse();
                    return;
                }
                changed = _changed.Task;
            }
            try
            {
                await changed.WaitAsync(Stall, time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                Change(() => { if (_connected) buffer.ForgetOlderHalf(); });
            }
        }
    }

    /// <summary>Waits for the next frame to write.</summary>
    /// <returns>Null when no more come.</returns>
    public async ValueTask<Frame?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_connected && buffer.TakeNext() is { } frame)
                {
                    Pulse();
                    return frame;
                }
                if (_connected && _completed)
                    return null;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A connection is open: from now on frames are taken by it, the kept ones first.</summary>
    public void Connected(StreamOpened opened) => Change(() =>
    {
        _connected = true;
        buffer.Configure(opened);
        buffer.Rewind();
    });

    public void Disconnected() => Change(() => _connected = false);

    public void Answered(ulong firstSequence, ulong lastSequence, WindowPosition? position) => Change(() => buffer.Answered(firstSequence, lastSequence, position));

    public void Discard(ulong sequence) => Change(() => buffer.Discard(sequence));

    /// <summary>No more frames will be added.</summary>
    public void Complete() => Change(() => _completed = true);

    /// <summary>The stream is over: senders learn why.</summary>
    public void Fail(Exception failure) => Change(() => _failure = failure);

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            Pulse();
        }
    }

    private void Pulse()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
