using Mars.Inference.Sessions;

namespace Mars.Inference.Tests.Batching;

/// <summary>Stands for a network whose speed a test decides: its logit is the first byte of the clip's last frame.</summary>
internal sealed class FakeSession(int maxBatch, Action<int>? onRun = null) : IClipSession
{
    private readonly byte[] _input = new byte[maxBatch * 16];
    private readonly float[] _logits = new float[maxBatch];

    public ClipShape Shape { get; } = new(16, 1, 1, 1);

    public int MaxBatch => maxBatch;

    /// <summary>Whose window each clip is, and the ring's tick of its first frame.</summary>
    public Queue<(object Camera, long FirstTick)> Places { get; } = new();

    public void Place(int index, object camera, long firstTick) => Places.Enqueue((camera, firstTick));

    // A frame of one byte, where a real one has size * size * 3.
    public Span<byte> Input(int index) => _input.AsSpan(index * 16, 16);

    public void Run(int batch)
    {
        onRun?.Invoke(batch);
        for (var i = 0; i < batch; i++)
            _logits[i] = Input(i)[15];
    }

    public ReadOnlySpan<float> Logits(int index) => _logits.AsSpan(index, 1);

    public void Dispose()
    {
    }
}
