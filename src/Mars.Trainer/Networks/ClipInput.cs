using Mars.Trainer.Tensors;
using static TorchSharp.torch;

namespace Mars.Trainer.Networks;

/// <summary>Turns clips as they lie in memory (and as the exported graph takes them) into what the network takes.</summary>
internal static class ClipInput
{
    /// <summary>ActivityNet's means of R, G, B on the scale 0-255, which the authors subtract; there is no division.</summary>
    public static IReadOnlyList<float> RgbMean { get; } = [114.7748f, 107.7354f, 99.4750f];

    /// <summary>What the authors subtract from both channels of flow.</summary>
    public const float FlowMean = 127.5f;

    /// <summary>What is subtracted from the channels of a network's input.</summary>
    public static float[] MeanOf(NetworkShape shape) => shape.InputChannels == 2 ? [FlowMean, FlowMean] : [.. RgbMean];

    /// <summary>uint8 [N, frames, size, size, 3] to float [N, 3, frames, size, size], mean subtracted.</summary>
    /// <param name="clips">uint8; at least <paramref name="count"/> clips, one after another.</param>
    /// <param name="count">N.</param>
    /// <param name="shape">Of the network that will take them.</param>
    /// <param name="device">Where the result lives.</param>
    public static Tensor FromRgb(byte[] clips, int count, NetworkShape shape, Device device)
    {
        using var scope = NewDisposeScope();
        var mean = tensor(RgbMean.ToArray(), device: device).reshape(1, 3, 1, 1, 1);
        return Values(clips, count, 3, shape, device).sub_(mean).MoveToOuterDisposeScope();
    }

    /// <summary>uint8 [N, frames, size, size, 2] to float [N, 2, frames, size, size], less 127.5: nearly 0 where nothing moves.</summary>
    /// <param name="clips">uint8; at least <paramref name="count"/> clips, one after another.</param>
    /// <param name="count">N.</param>
    /// <param name="shape">Of the network that will take them.</param>
    /// <param name="device">Where the result lives.</param>
    public static Tensor FromFlow(byte[] clips, int count, NetworkShape shape, Device device)
    {
        using var scope = NewDisposeScope();
        return Values(clips, count, 2, shape, device).PlusInPlace(-FlowMean).MoveToOuterDisposeScope();
    }

    private static Tensor Values(byte[] clips, int count, int channels, NetworkShape shape, Device device)
    {
        using var scope = NewDisposeScope();
        var pixels = (long)count * shape.Frames * shape.Size * shape.Size * channels;
        var bytes = frombuffer(clips, ScalarType.Byte, pixels).to(device).reshape(count, shape.Frames, shape.Size, shape.Size, channels);
        return bytes.permute(0, 4, 1, 2, 3).to(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
    }
}
