using Grpc.Core;
using Mars.Server.Errors;

namespace Mars.Server.Security;

/// <summary>The messages of a stream, as long as its caller may send them, and does so.</summary>
/// <param name="inner">Where they come from.</param>
/// <param name="caller">Whose they are.</param>
/// <param name="time">The clock of <see cref="Patience"/>.</param>
internal sealed class GuardedReader<T>(IAsyncStreamReader<T> inner, CallerAccess caller, TimeProvider time) : IAsyncStreamReader<T>, IDisposable
{
    private readonly CancellationTokenSource _silent = new();
    private CancellationTokenSource? _any;
    private CancellationToken _asked;
    private ITimer? _timer;

    /// <summary>How long a message may take to come. While nobody asks for one, none is late.</summary>
    public TimeSpan Patience { get; set; } = Timeout.InfiniteTimeSpan;

    public T Current => inner.Current;

    /// <exception cref="RpcException">The caller may not go on, is silent for too long, or is gone.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        try
        {
            var guarded = caller.Ended.CanBeCanceled || Patience != Timeout.InfiniteTimeSpan;
            return await (guarded ? GuardAsync(cancellationToken) : inner.MoveNext(cancellationToken)).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // Kestrel's word for a call that was reset or a connection that broke, which may come before the call is cancelled; no error of this server.
            throw RpcErrors.ClientGone();
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _any?.Dispose();
        _silent.Dispose();
    }

    private async Task<bool> GuardAsync(CancellationToken cancellationToken)
    {
        if (_any is null || _asked != cancellationToken)
        {
            _any?.Dispose();
            _any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, caller.Ended, _silent.Token);
            _asked = cancellationToken;
        }
        _timer ??= time.CreateTimer(_ => _silent.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Patience, Timeout.InfiniteTimeSpan);
        try
        {
            return await inner.MoveNext(_any.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && _any.IsCancellationRequested && exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            throw caller.Ended.IsCancellationRequested ? RpcErrors.AccessEnded() : RpcErrors.Idle(Patience);
        }
        finally
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
