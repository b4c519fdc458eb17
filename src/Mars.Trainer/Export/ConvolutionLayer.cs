namespace Mars.Trainer.Export;

/// <summary>A convolution of the network as it is run: batch norm folded in, padded by half its kernel on all sides.</summary>
/// <param name="Name">As in the state dictionary: conv1, layer1.0.conv2, layer1.0.downsample.</param>
/// <param name="Folded">Weights and bias.</param>
/// <param name="Groups">Of channels.</param>
/// <param name="TimeStride">In frames.</param>
/// <param name="Stride">In pixels.</param>
internal sealed record ConvolutionLayer(string Name, FoldedConvolution Folded, int Groups, int TimeStride, int Stride)
{
    public int Outputs => (int)Folded.Shape[0];

    public int Inputs => (int)Folded.Shape[1] * Groups;

    /// <summary>Frames that one output frame sees: 1, 3 or 7.</summary>
    public int Taps => (int)Folded.Shape[2];

    /// <summary>Side of the kernel in pixels.</summary>
    public int Kernel => (int)Folded.Shape[3];

    /// <summary>Frames that come of <paramref name="frames"/>.</summary>
    public int FramesOf(int frames) => ((frames - 1) / TimeStride) + 1;

    /// <summary>Side of what comes of pictures of <paramref name="side"/> pixels.</summary>
    public int SideOf(int side) => ((side - 1) / Stride) + 1;
}
