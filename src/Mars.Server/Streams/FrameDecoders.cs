using System.Runtime.CompilerServices;
using Mars.Inference.Threads;
using Mars.Server.Configuration;
using Microsoft.Extensions.Options;

namespace Mars.Server.Streams;

/// <summary>
/// Threads on which frames are decoded, one for each core, taking cameras in the order in which they ask. The thread pool is left to the network: it reads what comes,
/// however long the decoders are behind, so that a frame's age is known and a frame that is too old costs nothing.
/// </summary>
internal sealed class FrameDecoders : IDisposable
{
    private readonly Queue<Action> _waiting = new();
    private readonly object _gate = new();
    private bool _stopping;

    public FrameDecoders(IOptions<StreamOptions> options)
    {
        var count = CpuBudget.Or(options.Value.DecoderThreads);
        for (var i = 1; i <= count; i++)
            ComputeThread.Start($"mars decoder {i}", Work);
    }

    /// <summary>Awaited, goes on on one of the threads when its turn has come.</summary>
    public DecoderTurn NextTurn() => new(this);

    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Work()
    {
        while (true)
        {
            Action next;
            lock (_gate)
            {
                while (_waiting.Count == 0)
                {
                    if (_stopping)
                        return;
                    Monitor.Wait(_gate);
                }
                next = _waiting.Dequeue();
            }
            next(); // of an async method, which catches what it throws
        }
    }

    private void Add(Action next)
    {
        lock (_gate)
        {
            if (!_stopping)
            {
                _waiting.Enqueue(next);
                Monitor.Pulse(_gate);
                return;
            }
        }
        ThreadPool.QueueUserWorkItem(static n => n(), next, preferLocal: false); // what is left over when a server ends
    }

    /// <summary>A camera's turn.</summary>
    internal readonly struct DecoderTurn(FrameDecoders threads) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public DecoderTurn GetAwaiter() => this;

        public void GetResult()
        {
            // Nothing comes of it.
        }

        public void OnCompleted(Action continuation) => threads.Add(continuation);

        public void UnsafeOnCompleted(Action continuation) => threads.Add(continuation);
    }
}
