namespace Mars.Trainer.Export;

/// <summary>
/// How a 3D convolution becomes a 2D one. Output frames are made <paramref name="Frames"/> at a time, as channels of one picture, from the input frames that they see,
/// joined along channels inside each group; <paramref name="Groups"/> neighbouring groups are computed as one. Both put zeros into the weights, and both make groups
/// wide enough for vector kernels: a layer of 4 channels a group is 32 wide when all its 8 frames are made at once, with no more zeros than taps that see nothing.
/// Which pair is fastest is measured, layer by layer (<see cref="LoweringSearch"/>).
/// </summary>
/// <param name="Frames">A divisor of the output frames.</param>
/// <param name="Groups">A divisor of the groups.</param>
internal sealed record FrameLowering(int Frames, int Groups)
{
    /// <summary>Whether all output frames are made at once: then the input frames are those of the clip, with none of padding.</summary>
    public bool IsWhole(ConvolutionLayer layer, int frames) => Frames == layer.FramesOf(frames);

    /// <summary>Input frames that are joined.</summary>
    public int Inputs(ConvolutionLayer layer, int frames) => IsWhole(layer, frames) ? frames : ((Frames - 1) * layer.TimeStride) + layer.Taps;

    /// <summary>
    /// The weights of the 2D convolution. Its input channels lie as [group, input frame, channel of the group], its output channels as [group, output frame, channel
    /// of the group], where "group" is a merged one.
    /// </summary>
    public FoldedConvolution Lower(ConvolutionLayer layer, int frames)
    {
        var shape = layer.Folded.Shape;
        var columns = Inputs(layer, frames) * Groups * (int)shape[1];
        var weight = new float[layer.Outputs * Frames * columns * shape[3] * shape[4]];
        var bias = new float[layer.Outputs * Frames];
        Visit(layer, frames, (of3d, of2d, pixels) => layer.Folded.Weight.AsSpan(of3d, pixels).CopyTo(weight.AsSpan(of2d, pixels)));
        foreach (var (row, _, output) in Rows(layer))
            bias[row] = layer.Folded.Bias[output];
        return new FoldedConvolution(weight, [layer.Outputs * Frames, columns, shape[3], shape[4]], bias);
    }

    /// <summary>The layer's own weights from lowered ones; 0 for taps that see nothing but padding in a clip of that many frames.</summary>
    /// <param name="layer">Name, groups, strides and shape of the layer; the values of its weights are not looked at.</param>
    /// <param name="frames">Of the layer's input.</param>
    /// <param name="lowered">What <see cref="Lower"/> gave.</param>
    public FoldedConvolution Raise(ConvolutionLayer layer, int frames, FoldedConvolution lowered)
    {
        var weight = new float[layer.Folded.Weight.Length];
        var bias = new float[layer.Outputs];
        Visit(layer, frames, (of3d, of2d, pixels) => lowered.Weight.AsSpan(of2d, pixels).CopyTo(weight.AsSpan(of3d, pixels)));
        foreach (var (row, _, output) in Rows(layer))
            bias[output] = lowered.Bias[row];
        return new FoldedConvolution(weight, layer.Folded.Shape, bias);
    }

    // Where each kernel of height x width lies among the weights of the 3D and of the 2D convolution.
    private void Visit(ConvolutionLayer layer, int frames, Action<int, int, int> kernel)
    {
        var shape = layer.Folded.Shape;
        int inputs = Inputs(layer, frames), fanIn = (int)shape[1], fanOut = layer.Outputs / layer.Groups, pixels = (int)(shape[3] * shape[4]);
        var before = IsWhole(layer, frames) ? layer.Taps / 2 : 0;
        foreach (var (row, frame, output) in Rows(layer))
        {
            var member = output / fanOut % Groups; // which of the merged groups
            for (var input = 0; input < inputs; input++)
            {
                var tap = input + before - (frame * layer.TimeStride);
                if (tap < 0 || tap >= layer.Taps)
                    continue;
                for (var channel = 0; channel < fanIn; channel++)
                {
                    var of3d = (((output * fanIn) + channel) * layer.Taps) + tap;
                    var of2d = (((((row * inputs) + input) * Groups) + member) * fanIn) + channel;
                    kernel(checked(of3d * pixels), checked(of2d * pixels), pixels);
                }
            }
        }
    }

    // Each row of the lowered weights, and which output frame and which of the layer's outputs it makes.
    private IEnumerable<(int Row, int Frame, int Output)> Rows(ConvolutionLayer layer)
    {
        var width = layer.Outputs / (layer.Groups / Groups);
        for (var row = 0; row < layer.Outputs * Frames; row++)
            yield return (row, row / width % Frames, (row / (width * Frames) * width) + (row % width));
    }

    public override string ToString() => $"{Frames} frames, {Groups} groups";
}
