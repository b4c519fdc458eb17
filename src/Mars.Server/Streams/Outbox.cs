using System.Runtime.CompilerServices;

namespace Mars.Server.Streams;

/// <summary>
/// What waits for a stream's single writer. Bounded: a reader that does not keep up loses the oldest message that may be lost, then the oldest that may be lost at
/// last, and never costs memory. Whoever adds what may not be lost at all bounds it himself. Any thread may add; one takes.
/// </summary>
internal sealed class Outbox<T>(int capacity, Predicate<T> mayBeLost, Predicate<T> mayBeLostAtLast, Action<T> onLost) : IDisposable
{
    private readonly LinkedList<T> _messages = [];
    private readonly SemaphoreSlim _signal = new(0);
    private readonly Lock _lock = new();
    private bool _completed;

    public void Add(T message)
    {
        T? lost = default;
        var full = false;
        lock (_lock)
        {
            if (_completed)
                return;
            _messages.AddLast(message);
            if (_messages.Count > capacity && (Oldest(mayBeLost) ?? Oldest(mayBeLostAtLast)) is { } node)
            {
                full = true;
                lost = node.Value;
                _messages.Remove(node);
            }
        }
        if (full)
            onLost(lost!);
        else
            _signal.Release();
    }

    /// <summary>Nothing more will be added.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            if (_completed)
                return;
            _completed = true;
        }
        _signal.Release();
    }

    /// <summary>The messages in order, until it is complete and empty.</summary>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            await _signal.WaitAsync(cancellation).ConfigureAwait(false);
            T message;
            lock (_lock)
            {
                if (_messages.First is not { } first)
                    yield break; // only Complete signals without a message
                message = first.Value;
                _messages.RemoveFirst();
            }
            yield return message;
        }
    }

    public void Dispose() => _signal.Dispose();

    private LinkedListNode<T>? Oldest(Predicate<T> which)
    {
        var node = _messages.First;
        while (node is not null && !which(node.Value))
            node = node.Next;
        return node;
    }
}
