using System.Drawing;

namespace Mars.Trainer.Data;

/// <summary>The square that a training clip is cut from: one of five scales of the short side, in the centre or a corner; the same for every frame of the clip.</summary>
/// <param name="Scale">0 to 4: 1, 2^-1/4, 2^-1/2, 2^-3/4, 1/2 of the short side.</param>
/// <param name="Position">0 centre, then top left, top right, bottom left, bottom right.</param>
internal readonly record struct CornerCrop(int Scale, int Position)
{
    public const int Scales = 5;
    public const int Positions = 5;

    /// <param name="random">Decides.</param>
    /// <param name="scales">Only the first so many scales.</param>
    public static CornerCrop Draw(Random random, int scales = Scales) => new(random.Next(scales), random.Next(Positions));

    /// <summary>The square in a picture of the given size, in pixels, with the authors' rounding.</summary>
    public Rectangle In(int width, int height)
    {
        var side = (int)(Math.Min(width, height) * Math.Pow(2, -Scale / 4.0));
        return Position switch
        {
            // The authors go half a side from the middle pixel both ways, so an odd side loses a pixel here.
            0 => new Rectangle((width / 2) - (side / 2), (height / 2) - (side / 2), side / 2 * 2, side / 2 * 2),
            1 => new Rectangle(0, 0, side, side),
            2 => new Rectangle(width - side, 0, side, side),
            3 => new Rectangle(0, height - side, side, side),
            4 => new Rectangle(width - side, height - side, side, side),
            _ => throw new InvalidOperationException($"there is no crop position {Position}"),
        };
    }
}
