namespace Mars.Trainer.Export;

/// <summary>A layout whose graph gives out the result of every layer and of every block's sum, to see what values they take.</summary>
internal sealed class ObservedLayout(GraphBuilder graph, IGraphLayout inner) : IGraphLayout
{
    /// <summary>Names of layers and sums, and of the graph's outputs that hold them.</summary>
    public List<(string Name, string Output)> Seen { get; } = [];

    public GraphMap Input() => inner.Input();

    public GraphMap InputMaps(GraphMap like) => inner.InputMaps(like);

    public GraphMap Convolve(GraphMap input, ConvolutionLayer layer, bool relu) => See(layer.Name, inner.Convolve(input, layer, relu));

    public GraphMap MaxPool(GraphMap input) => inner.MaxPool(input);

    public GraphMap Add(GraphMap block, GraphMap shortcut, string name) => See(name, inner.Add(block, shortcut, name));

    public string Mean(GraphMap input, string output) => inner.Mean(input, output);

    public string Positions(GraphMap input) => inner.Positions(input);

    private GraphMap See(string name, GraphMap map)
    {
        graph.Output(map.Value, "N", map.Channels, map.Frames, map.Side, map.Side);
        Seen.Add((name, map.Value));
        return map;
    }
}
