using Mars.Trainer.Networks;
using Mars.Trainer.Tensors;
using OpenCvSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Reporting;

/// <summary>
/// Class activation maps (Zhou et al., CVPR 2016): where the maps of layer 4, weighted by the last layer's weights of a class, speak for it. With an average pool
/// before the last layer their mean is the logit, less its bias.
/// </summary>
internal static class ActivationMaps
{
    private const int Shown = 8;

    /// <summary>The map of one clip for one class.</summary>
    /// <param name="network">In evaluation mode.</param>
    /// <param name="input">[1, channels, frames, size, size].</param>
    /// <param name="label">The class; null is the one that the network recognises.</param>
    /// <returns>[time, height, width], as coarse as layer 4, and the class.</returns>
    public static (Tensor Map, int Class) Compute(ResNeXt3D network, Tensor input, int? label)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var output = network.forward(input);
        var shown = label ?? (int)output.Logits.argmax(1).ToInt64();
        var weights = network.Fc.weight![shown].reshape(-1, 1, 1, 1);
        return ((output.Layer4[0] * weights).sum([0L]).MoveToOuterDisposeScope(), shown);
    }

    /// <summary>Eight frames of a clip with its map over them, warm where it speaks for the class.</summary>
    /// <param name="frames">uint8 [frames, size, size, 3], RGB.</param>
    /// <param name="size">Of a frame.</param>
    /// <param name="map">From <see cref="Compute"/>.</param>
    public static Mat Draw(ReadOnlySpan<byte> frames, int size, Tensor map)
    {
        using var scope = NewDisposeScope();
        var count = frames.Length / (size * size * 3);
        var spread = nn.functional.interpolate(map.cpu().unsqueeze(0).unsqueeze(0), [count, size, size], mode: InterpolationMode.Trilinear, align_corners: false)[0][0];
        var low = spread.min();
        var heat = ((spread - low) / (spread.max() - low).PlusInPlace(1e-6)).Times(255).to(ScalarType.Byte).contiguous().data<byte>().ToArray();
        var strip = new Mat(size, size * Shown, MatType.CV_8UC3);
        for (var i = 0; i < Shown; i++)
        {
            var frame = i * count / Shown;
            using var rgb = Mat.FromPixelData(size, size, MatType.CV_8UC3, frames.Slice(frame * size * size * 3, size * size * 3).ToArray());
            using var grey = Mat.FromPixelData(size, size, MatType.CV_8UC1, heat[(frame * size * size)..((frame + 1) * size * size)]);
            using var bgr = rgb.CvtColor(ColorConversionCodes.RGB2BGR);
            using var colours = new Mat();
            Cv2.ApplyColorMap(grey, colours, ColormapTypes.Jet);
            using var target = strip[new Rect(i * size, 0, size, size)];
            Cv2.AddWeighted(bgr, 0.55, colours, 0.45, 0, target);
        }
        return strip;
    }
}
