using Google.Protobuf;
using Mars.Server.Configuration;
using Mars.Server.Streams;
using Mars.V1;
using Microsoft.Extensions.Options;

namespace Mars.Server.Tests.Streams;

public sealed class FrameQueueTests : IDisposable
{
    private readonly HandClock _time = new();
    private readonly FrameDecoders _decoders = new(Options.Create(new StreamOptions { DecoderThreads = 1 }));
    private readonly List<ulong> _late = [];

    public void Dispose() => _decoders.Dispose();

    [Fact]
    public async Task Read_InTime_EveryFrameInOrder()
    {
        using var queue = NewQueue();
        for (ulong i = 1; i <= 50; i++)
            queue.Add(Frame(i));
        queue.Complete();
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (ulong)i), await ReadAsync(queue));
        Assert.Empty(_late);
    }

    [Fact]
    public async Task Read_TooLate_OldFramesAreLeftOutAndTheNewestIsNot()
    {
        using var queue = NewQueue();
        queue.Add(Frame(1));
        queue.Add(Frame(2));
        _time.Advance(TimeSpan.FromMilliseconds(150));
        queue.Add(Frame(3));
        _time.Advance(TimeSpan.FromMilliseconds(100)); // 1 and 2 have waited 250 ms
        queue.Complete();
        Assert.Equal([3ul], await ReadAsync(queue));
        Assert.Equal([1ul, 2ul], _late);

        using var alone = NewQueue();
        alone.Add(Frame(4));
        _time.Advance(TimeSpan.FromHours(1));
        alone.Complete();
        Assert.Equal([4ul], await ReadAsync(alone)); // there is no newer one
    }

    [Theory]
    [InlineData(10, 64)]
    [InlineData(1 << 20, 4)]
    [InlineData(16 << 20, 1)]
    public async Task Add_NobodyReads_BoundedInFramesAndBytes(int bytes, int kept)
    {
        using var queue = NewQueue();
        var data = UnsafeByteOperations.UnsafeWrap(new byte[bytes]);
        for (ulong i = 1; i <= 100; i++)
            queue.Add(new Frame { Sequence = i, Data = data });
        queue.Complete();
        Assert.Equal(Enumerable.Range(101 - kept, kept).Select(i => (ulong)i), await ReadAsync(queue));
        Assert.Equal(100 - kept, _late.Count);
    }

    [Fact]
    public async Task Turns_ManyCamerasOneThread_EachGetsItsTurn()
    {
        var order = new List<int>();
        var queues = Enumerable.Range(0, 3).Select(_ => NewQueue()).ToArray();
        foreach (var queue in queues)
        {
            for (ulong i = 1; i <= 20; i++)
                queue.Add(Frame(i));
            queue.Complete();
        }
        using var busy = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var first = Task.Run(async () =>
        {
            await _decoders.NextTurn();
            busy.Set();
            go.Wait(TestContext.Current.CancellationToken); // until all three stand in line
        }, TestContext.Current.CancellationToken);
        busy.Wait(TestContext.Current.CancellationToken);
        var reading = queues.Select(async (queue, camera) =>
        {
            await foreach (var _ in queue.ReadAllAsync(TestContext.Current.CancellationToken).ConfigureAwait(false))
                order.Add(camera); // on the one decoder's thread
        }).Append(first).ToArray();
        go.Set();
        await Task.WhenAll(reading);
        // No camera with a backlog is decoded twice before another one's turn.
        Assert.All(order.Skip(3).SkipLast(3).Chunk(3), turn => Assert.Equal(3, turn.Distinct().Count()));
        Array.ForEach(queues, q => q.Dispose());
    }

    private static Frame Frame(ulong sequence) => new() { Sequence = sequence, Data = ByteString.CopyFromUtf8("x") };

    private static async Task<List<ulong>> ReadAsync(FrameQueue queue)
    {
        var read = new List<ulong>();
        await foreach (var arrival in queue.ReadAllAsync(TestContext.Current.CancellationToken))
            read.Add(arrival.Frame.Sequence);
        return read;
    }

    private FrameQueue NewQueue() => new(TimeSpan.FromMilliseconds(200), _decoders, _time, f => _late.Add(f.Sequence));

    private sealed class HandClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
