namespace Mars.Trainer.Export;

/// <summary>A lowering for each convolution of more than one tap.</summary>
/// <param name="Layers">By the layer's name.</param>
internal sealed record LoweringPlan(IReadOnlyDictionary<string, FrameLowering> Layers)
{
    /// <summary>For people, and manifests.</summary>
    public IReadOnlyDictionary<string, string> Text => Layers.ToDictionary(l => l.Key, l => l.Value.ToString());

    public FrameLowering this[ConvolutionLayer layer] => Layers.TryGetValue(layer.Name, out var lowering)
        ? lowering
        : throw new ArgumentException($"the plan has no lowering for {layer.Name}", nameof(layer));
}
