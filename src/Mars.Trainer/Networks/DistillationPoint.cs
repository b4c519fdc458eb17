namespace Mars.Trainer.Networks;

/// <summary>Where a student is compared with its teacher (the authors' output_layers).</summary>
internal enum DistillationPoint
{
    /// <summary>The feature: where the paper puts the loss.</summary>
    AvgPool,
    Layer4,
    Layer3,
    Logits,
}
