namespace Mars.Trainer.Export;

/// <summary>How the maps of a network lie in memory and what computes them. <see cref="NetworkGraph"/> walks the network and calls this for each step.</summary>
internal interface IGraphLayout
{
    /// <summary>Declares the clip and makes of it what the stem takes.</summary>
    GraphMap Input();

    /// <summary>Declares maps of that shape as an input, to run a part of a network by itself.</summary>
    GraphMap InputMaps(GraphMap like);

    /// <param name="input">What it is applied to.</param>
    /// <param name="layer">Padded by half its kernel.</param>
    /// <param name="relu">Whether a ReLU follows.</param>
    GraphMap Convolve(GraphMap input, ConvolutionLayer layer, bool relu);

    /// <summary>The maximum over 3x3x3 in steps of 2 of values that are not negative.</summary>
    GraphMap MaxPool(GraphMap input);

    /// <summary>The sum of a block and its shortcut, and a ReLU.</summary>
    GraphMap Add(GraphMap block, GraphMap shortcut, string name);

    /// <summary>The mean over frames, height and width: float [N, channels].</summary>
    string Mean(GraphMap input, string output);

    /// <summary>What <see cref="Mean"/> is the mean of: float [N, channels, frames * height * width].</summary>
    string Positions(GraphMap input);
}

/// <summary>A value of the graph that holds maps of a clip.</summary>
/// <param name="Value">Its name.</param>
/// <param name="Frames">Of one clip.</param>
/// <param name="Side">Height and width.</param>
/// <param name="Channels">Of a pixel.</param>
internal sealed record GraphMap(string Value, int Frames, int Side, int Channels)
{
    /// <summary>Values of a channel.</summary>
    public int Positions => Frames * Side * Side;

    public GraphMap After(string value, ConvolutionLayer layer) => new(value, layer.FramesOf(Frames), layer.SideOf(Side), layer.Outputs);

    public GraphMap AfterPool(string value) => this with { Value = value, Frames = ((Frames - 1) / 2) + 1, Side = ((Side - 1) / 2) + 1 };
}
