using System.Runtime.ExceptionServices;

namespace Mars.Inference.Sessions;

/// <summary>Threads that share the clips of a batch, a clip at a time; the caller is one of them. Starting a batch allocates nothing.</summary>
internal sealed class ClipWorkers : IDisposable
{
    private readonly Action<int> _work;
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _start = new(0);
    private readonly CountdownEvent _busy = new(1);
    private int _next;
    private int _count;
    private volatile bool _stopping;
    private ExceptionDispatchInfo? _failure;

    /// <param name="threads">In all, the caller's among them.</param>
    /// <param name="work">Called with the number of a clip, by any of them.</param>
    public ClipWorkers(int threads, Action<int> work)
    {
        _work = work;
        // The event makes what a thread sleeps on at the first wait that is longer than a spin: here, and not in a run.
        _busy.Wait(TimeSpan.FromMilliseconds(1));
        _threads = new Thread[threads - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Wait) { IsBackground = true, Name = $"mars clip {i + 2}" };
            _threads[i].Start();
        }
    }

    /// <summary>Clips that are under way at once.</summary>
    public int Threads => _threads.Length + 1;

    /// <summary>Does clips 0 to <paramref name="count"/> - 1 and returns when all are done. One call at a time.</summary>
    public void Run(int count)
    {
        _next = 0;
        _count = count;
        _failure = null;
        var helpers = Math.Min(_threads.Length, count - 1);
        _busy.Reset(helpers + 1);
        if (helpers > 0)
            _start.Release(helpers);
        Share();
        _busy.Signal();
        _busy.Wait();
        _failure?.Throw();
    }

    public void Dispose()
    {
        _stopping = true;
        _start.Release(Math.Max(1, _threads.Length));
        foreach (var thread in _threads)
            thread.Join();
        _start.Dispose();
        _busy.Dispose();
    }

    private void Wait()
    {
        while (true)
        {
            _start.Wait();
            if (_stopping)
                return;
            Share();
            _busy.Signal();
        }
    }

    private void Share()
    {
        try
        {
            for (var clip = Interlocked.Increment(ref _next) - 1; clip < _count; clip = Interlocked.Increment(ref _next) - 1)
                _work(clip);
        }
        catch (Exception exception)
        {
            // The batch has failed as one: its caller is told the first reason.
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
        }
    }
}
