namespace Mars.Inference.Sessions;

/// <summary>Where a clip's classes are seen, as coarse as the network's last maps.</summary>
/// <param name="Logits">One for each class.</param>
/// <param name="Values">[classes, time, height, width]: the mean of a class's values is its logit less its bias.</param>
/// <param name="Time">Positions in time.</param>
/// <param name="Height">Positions from top to bottom.</param>
/// <param name="Width">Positions from left to right.</param>
public sealed record ClassMaps(float[] Logits, float[] Values, int Time, int Height, int Width)
{
    /// <summary>The map of one class, [time, height, width].</summary>
    public ReadOnlySpan<float> Of(int label) => Values.AsSpan(label * Time * Height * Width, Time * Height * Width);
}
