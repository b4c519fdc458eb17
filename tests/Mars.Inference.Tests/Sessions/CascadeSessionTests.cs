using Mars.Inference.Sessions;

namespace Mars.Inference.Tests.Sessions;

public sealed class CascadeSessionTests
{
    [Theory]
    [InlineData(new[] { 0f, 0f }, 0)]
    [InlineData(new[] { 100f, 0f, 0f }, 1)]
    [InlineData(new[] { 0.6931472f, 0f }, 1 / 3.0)] // scores 2/3 and 1/3
    public void Margin_OfLogits_IsTheDistanceOfTheTwoBestScores(float[] logits, double expected) => Assert.Equal(expected, CascadeSession.Margin(logits), 6);

    [Fact]
    public void Run_SureAndUnsureClips_SecondRunsOnTheUnsureAlone()
    {
        List<(int, int)> told = [];
        using var first = new ByteSession(scale: 1);
        using var second = new ByteSession(scale: 3);
        using var cascade = new CascadeSession(first, second, 0.5, (windows, unsure) => told.Add((windows, unsure)));
        byte[] values = [9, 0, 8, 1]; // logits (value, 0): 0 and 1 are unsure
        for (var i = 0; i < values.Length; i++)
            cascade.Input(i)[0] = values[i];
        cascade.Run(4);
        Assert.Equal([9f, 0f, 8f, 2f], Enumerable.Range(0, 4).Select(i => cascade.Logits(i)[0])); // 1 and 3 have the mean 2
        Assert.Equal([2], second.Batches);
        Assert.Equal([(4, 2)], told);
    }

    // Logits (scale * first byte, 0).
    private sealed class ByteSession(float scale) : IClipSession
    {
        private readonly byte[] _input = new byte[4];
        private readonly float[] _logits = new float[8];

        public List<int> Batches { get; } = [];

        public ClipShape Shape { get; } = new(1, 1, 2, 1, 1);

        public int MaxBatch => 4;

        public Span<byte> Input(int index) => _input.AsSpan(index, 1);

        public void Run(int batch)
        {
            Batches.Add(batch);
            for (var i = 0; i < batch; i++)
                _logits[2 * i] = scale * _input[i];
        }

        public ReadOnlySpan<float> Logits(int index) => _logits.AsSpan(2 * index, 2);

        public void Dispose()
        {
        }
    }
}
