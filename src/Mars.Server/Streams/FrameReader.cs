using System.Runtime.CompilerServices;
using Grpc.Core;
using Mars.Server.Errors;
using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>The frames of a call. Every-window: each when it is asked for, so that flow control holds the sender back. Live: as they come, through a <see cref="FrameQueue"/>.</summary>
internal static class FrameReader
{
    /// <exception cref="RpcException">INVALID_ARGUMENT for anything but a frame, or the call has broken.</exception>
    public static async IAsyncEnumerable<Arrival> EveryAsync(
        IAsyncStreamReader<RecognizeStreamRequest> requests, FrameDecoders decoders, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await requests.MoveNext(cancellation).ConfigureAwait(false))
        {
            var arrival = new Arrival(Frame(requests.Current), time.GetTimestamp());
            await decoders.NextTurn();
            yield return arrival;
        }
    }

    /// <exception cref="RpcException">INVALID_ARGUMENT for anything but a frame, or the call has broken.</exception>
    public static async IAsyncEnumerable<Arrival> LiveAsync(
        IAsyncStreamReader<RecognizeStreamRequest> requests, FrameQueue queue, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var filling = FillAsync(requests, queue, cancellation);
        try
        {
            await foreach (var arrival in queue.ReadAllAsync(cancellation).ConfigureAwait(false))
                yield return arrival;
        }
        finally
        {
            await filling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await filling.ConfigureAwait(false);
    }

    private static async Task FillAsync(IAsyncStreamReader<RecognizeStreamRequest> requests, FrameQueue queue, CancellationToken cancellation)
    {
        try
        {
            while (await requests.MoveNext(cancellation).ConfigureAwait(false))
                queue.Add(Frame(requests.Current));
        }
        finally
        {
            queue.Complete();
        }
    }

    private static Frame Frame(RecognizeStreamRequest request) => request.MessageCase == RecognizeStreamRequest.MessageOneofCase.Frame
        ? request.Frame
        : throw RpcErrors.Invalid("message", "after the first message of a stream only frames may come");
}
