using System.Threading.Channels;
using Grpc.Core;
using Mars.V1;

namespace Mars.Client.Load;

/// <summary>A camera: takes frames at their planned times, sends them as soon as the network takes them, and comes back when its connection is gone.</summary>
/// <param name="number">From 0.</param>
/// <param name="name">Its id on the server.</param>
/// <param name="plan">When it sends.</param>
/// <param name="stub">Its connection, shared with others.</param>
/// <param name="frames">What it sees.</param>
/// <param name="tally">Counts.</param>
/// <param name="clock">The run's.</param>
/// <param name="options">What it asks for.</param>
/// <param name="random">When it is cut, and how long it stays away.</param>
internal sealed class LoadCamera(
    int number, string name, SendPlan plan, ActionRecognition.ActionRecognitionClient stub, FrameLoop frames, LoadTally tally, LoadClock clock, LoadOptions options, Random random)
{
    private readonly Channel<FrameSlot> _backlog = Channel.CreateBounded<FrameSlot>(new BoundedChannelOptions(options.MaxBehind) { SingleReader = true, SingleWriter = true });
    private volatile bool _connected;

    public SendPlan Plan => plan;

    /// <summary>Hands over the frame whose time has come. Never waits.</summary>
    public void Offer(FrameSlot slot)
    {
        if (!_connected || !_backlog.Writer.TryWrite(slot))
            tally.NotSent(slot.Capture);
    }

    /// <summary>No more frames come.</summary>
    public void Complete() => _backlog.Writer.TryComplete();

    /// <summary>Connects and streams, again and again, until it is complete and answered, or <paramref name="stop"/> says so.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && !_backlog.Reader.Completion.IsCompleted)
        {
            if (await ConnectAsync(stop))
                return;
            _connected = false;
            while (_backlog.Reader.TryRead(out var slot))
                tally.NotSent(slot.Capture);
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(0.2 + random.NextDouble()), stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <returns>Whether everything was sent and answered.</returns>
    private async Task<bool> ConnectAsync(CancellationToken stop)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (options.CutsPerMinute > 0)
            cut.CancelAfter(TimeSpan.FromMinutes(-Math.Log(1 - random.NextDouble()) / options.CutsPerMinute));
        using var call = stub.RecognizeStream(cancellationToken: cut.Token);
        var open = new OpenStream { CameraId = name, Model = options.Model, Stride = (uint)options.Stride, Mode = options.Mode };
        var connection = new LoadConnection(number, plan, frames, _backlog.Reader, tally, clock);
        _connected = true;
        try
        {
            await connection.RunAsync(call, open, cut.Token);
            if (_backlog.Reader.Completion.IsCompleted)
                return true;
            tally.Error("the server ended the stream");
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException)
        {
            if (stop.IsCancellationRequested)
                return false;
            if (cut.IsCancellationRequested)
                tally.Cut();
            else
                tally.Error(error is RpcException rpc ? $"{rpc.StatusCode}: {rpc.Status.Detail}" : "the connection broke");
        }
        tally.Lost(connection.Outstanding);
        return false;
    }
}
