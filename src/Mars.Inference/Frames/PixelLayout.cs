namespace Mars.Inference.Frames;

/// <summary>How a frame's bytes are laid out.</summary>
public enum PixelLayout
{
    /// <summary>JPEG or PNG, told apart by content.</summary>
    Encoded,

    /// <summary>Red, green, blue; 8 bits each; rows without padding.</summary>
    Rgb24,

    /// <summary>Blue, green, red; 8 bits each; rows without padding.</summary>
    Bgr24,
}
