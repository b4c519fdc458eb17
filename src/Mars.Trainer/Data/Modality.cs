namespace Mars.Trainer.Data;

/// <summary>What a clip shows (the authors' modality).</summary>
[Flags]
internal enum Modality
{
    /// <summary>Three channels, red, green and blue.</summary>
    Rgb = 1,

    /// <summary>Two channels, the motion to the right and down from each frame to the next.</summary>
    Flow = 2,

    /// <summary>Both of the same frames: what a student and its teacher see.</summary>
    RgbFlow = Rgb | Flow,
}
