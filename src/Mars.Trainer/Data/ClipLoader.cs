using System.Collections.Concurrent;

namespace Mars.Trainer.Data;

/// <summary>Makes batches on threads of its own while the network works on the one before: at most two are ready ahead of it.</summary>
internal sealed class ClipLoader(FrameSet set, FrameCache cache, Modality modality, int clipLength, int size, int workers)
{
    private const int Ahead = 2;

    // A reader belongs to one thread at a time and keeps its tables, so readers are lent and taken back.
    private readonly ConcurrentBag<ClipReader> _readers = [];

    /// <summary>The batches of a plan, in order.</summary>
    public IEnumerable<ClipBatch> Load(IReadOnlyList<IReadOnlyList<ClipRequest>> plan, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var ready = new BlockingCollection<ClipBatch>(Ahead);
        using var free = new BlockingCollection<ClipBatch>();
        var largest = plan.Max(batch => batch.Count);
        for (var i = 0; i < Ahead + 1; i++)
            free.Add(new ClipBatch(largest, clipLength * size * size, modality), cancellation);

        Exception? failure = null;
        var thread = new Thread(Produce) { Name = "mars-loader", IsBackground = true };
        thread.Start();
        try
        {
            foreach (var batch in ready.GetConsumingEnumerable(cancellation))
            {
                yield return batch;
                free.Add(batch, cancellation);
            }
            if (failure is not null)
                throw new InvalidDataException(failure.Message, failure);
        }
        finally
        {
            stop.Cancel();
            thread.Join();
        }

        void Produce()
        {
            try
            {
                var options = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = stop.Token };
                foreach (var requests in plan)
                {
                    var batch = free.Take(stop.Token);
                    batch.Requests = requests;
                    batch.Classes = [.. requests.Select(r => (long)set.ClassOf(r.Video))];
                    Parallel.For(0, requests.Count, options, i => Read(requests[i], batch.RgbClip(i), batch.FlowClip(i)));
                    ready.Add(batch, stop.Token);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The consumer has left.
            }
            catch (Exception e)
            {
                failure = e is AggregateException { InnerException: { } inner } ? inner : e;
            }
            finally
            {
                ready.CompleteAdding();
            }
        }
    }

    private void Read(ClipRequest request, Span<byte> rgb, Span<byte> flow)
    {
        var reader = _readers.TryTake(out var idle) ? idle : new ClipReader(set, cache, clipLength, size);
        reader.Read(request, rgb, flow);
        _readers.Add(reader);
    }
}
