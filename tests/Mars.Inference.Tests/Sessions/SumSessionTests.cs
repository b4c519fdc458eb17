using Mars.Inference.Sessions;
using Mars.Inference.Tests.Batching;

namespace Mars.Inference.Tests.Sessions;

public class SumSessionTests
{
    [Fact]
    public void Run_OfTwoMembers_GivesTheMeanOfTheirLogitsForEachClip()
    {
        var batches = new List<int>();
        using var session = new SumSession([new FakeSession(3, batches.Add), new Doubled(3)]);
        for (var i = 0; i < 3; i++)
            session.Input(i)[15] = (byte)(10 * (i + 1));
        session.Run(2);
        Assert.Equal([2], batches);
        Assert.Equal(15, session.Logits(0)[0]); // 10 and 20
        Assert.Equal(30, session.Logits(1)[0]);
        session.Input(0)[15] = 4;
        session.Run(1);
        Assert.Equal(6, session.Logits(0)[0]);
    }

    private sealed class Doubled(int maxBatch) : IClipSession
    {
        private readonly FakeSession _inner = new(maxBatch);
        private readonly float[] _logits = new float[maxBatch];

        public ClipShape Shape => _inner.Shape;

        public int MaxBatch => maxBatch;

        public Span<byte> Input(int index) => _inner.Input(index);

        public void Run(int batch)
        {
            _inner.Run(batch);
            for (var i = 0; i < batch; i++)
                _logits[i] = 2 * _inner.Logits(i)[0];
        }

        public ReadOnlySpan<float> Logits(int index) => _logits.AsSpan(index, 1);

        public void Dispose()
        {
        }
    }
}
