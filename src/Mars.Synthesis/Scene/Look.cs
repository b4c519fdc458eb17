using OpenCvSharp;

namespace Mars.Synthesis.Scene;

/// <summary>A person's colours and clothes (BGR).</summary>
internal sealed record Look
{
    private static readonly Scalar[] Skins = [new(170, 200, 240), new(140, 175, 222), new(105, 145, 200), new(70, 105, 160), new(45, 70, 115)];
    private static readonly Scalar[] Hairs = [new(25, 25, 30), new(35, 50, 80), new(70, 120, 175), new(140, 140, 145), new(30, 45, 110)];

    public required Scalar Skin { get; init; }

    public required Scalar Hair { get; init; }

    public required Scalar Shirt { get; init; }

    public required Scalar Trousers { get; init; }

    public required Scalar Shoes { get; init; }

    public required bool LongSleeves { get; init; }

    public required bool LongTrousers { get; init; }

    public required bool Skirt { get; init; }

    public required bool LongHair { get; init; }

    public static Look Random(Random random) => new()
    {
        Skin = Brush.Shade(Skins[random.Next(Skins.Length)], 0.9 + (0.2 * random.NextDouble())),
        Hair = Hairs[random.Next(Hairs.Length)],
        Shirt = Colour(random, 30, 235),
        Trousers = Colour(random, 20, 160),
        Shoes = Colour(random, 15, 120),
        LongSleeves = random.NextDouble() < 0.6,
        LongTrousers = random.NextDouble() < 0.75,
        Skirt = random.NextDouble() < 0.15,
        LongHair = random.NextDouble() < 0.4,
    };

    /// <summary>A colour between two brightnesses.</summary>
    public static Scalar Colour(Random random, int low, int high) => new(random.Next(low, high), random.Next(low, high), random.Next(low, high));
}
