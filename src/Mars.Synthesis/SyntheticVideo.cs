using Mars.Synthesis.Motion;
using Mars.Synthesis.Scene;
using Mars.Synthesis.Truth;
using OpenCvSharp;

namespace Mars.Synthesis;

/// <summary>
/// A video of an articulated figure doing something before some background: planned entirely by its seed, rendered when asked for. The same label and seed give the
/// same truth and the same pictures (up to the encoder).
/// </summary>
public sealed class SyntheticVideo
{
    private static readonly (int Width, int Height)[] Sizes = [(320, 240), (320, 240), (340, 256), (426, 240), (240, 320)];
    private static readonly double[] Rates = [25, 25, 25, 30, 15, 12];

    // What follows what, so that nobody stands up who does not sit.
    private static readonly string[][] Phrases =
    [
        ["walk"], ["run"], ["sit_down", "stand_up"], ["raise_both_arms", "lower_both_arms"], ["wave_one_hand"], ["reach_up"], ["clap"], ["jump"], ["kick"],
    ];

    private readonly Choreography _choreography;
    private readonly MotionStyle _style;
    private readonly HeldObject _held;
    private readonly bool _needsChair;
    private readonly Landmark _landmark;
    private readonly int _sceneSeed;

    private SyntheticVideo(string label, int seed, Random random, Func<MotionStyle, Random, Choreography> choreograph, bool several)
    {
        _style = MotionStyle.Random(random);
        _choreography = choreograph(_style, random);
        var (width, height) = several ? (320, 240) : Sizes[random.Next(Sizes.Length)];
        var rate = several ? 25 : Rates[random.Next(Rates.Length)];
        var segments = _choreography.Segments;
        _held = segments.Select(s => s.Label).FirstOrDefault(l => l.StartsWith("swing_", StringComparison.Ordinal)) switch
        {
            "swing_bat" => HeldObject.Bat,
            "swing_racket" => HeldObject.Racket,
            _ => HeldObject.None,
        };
        _needsChair = segments.Any(s => s.Label is "sit_down" or "stand_up") || (label == "idle" && _style.Variant < 0.2);
        _landmark = label switch
        {
            "dunk" => Landmark.Hoop,
            "fall_on_mat" => Landmark.Mat,
            "kick_at_goal" => Landmark.Goal,
            "take_from_shelf" => Landmark.Shelf,
            "wipe_board" => Landmark.Board,
            _ => Landmark.None,
        };
        _sceneSeed = random.Next();
        Truth = new VideoTruth("", label, seed, width, height, rate, (int)Math.Round(_choreography.Seconds * rate), segments);
    }

    /// <summary>What it shows. The file name is empty until it is written.</summary>
    public VideoTruth Truth { get; }

    /// <summary>One action, as training videos are: 0.7 to 2.4 seconds, filled with it.</summary>
    /// <exception cref="ArgumentException">There is no such action.</exception>
    public static SyntheticVideo SingleAction(string label, int seed) =>
        new(label, seed, Seeded(label, seed), (style, random) => Choreography.Single(label, style, random), several: false);

    /// <summary>Several actions of one person with rests between them.</summary>
    /// <param name="labels">In this order; null lets the seed choose.</param>
    /// <param name="seed">Decides everything else.</param>
    /// <param name="seconds">It ends with the action that passes this.</param>
    public static SyntheticVideo Sequence(IReadOnlyList<string>? labels, int seed, double seconds) => new(
        VideoTruth.Several,
        seed,
        Seeded(VideoTruth.Several, seed),
        (style, random) => Choreography.Sequence(labels ?? Choose(random), style, random, seconds),
        several: true);

    /// <summary>The frames, 8-bit BGR. One picture, drawn over again for each frame: copy what you keep.</summary>
    public IEnumerable<Mat> Render()
    {
        using var stage = new Stage(new Random(_sceneSeed), Truth.Width, Truth.Height, _style.Side, _held, _needsChair, _landmark);
        for (var i = 0; i < Truth.Frames; i++)
        {
            var t = i / Truth.FrameRate;
            var (pose, walked) = _choreography.At(t);
            yield return stage.Paint(pose, t, walked, i);
        }
    }

    // A hash that is the same everywhere and always (FNV-1a), so that neighbouring seeds and labels have nothing in common.
    private static Random Seeded(string label, int seed)
    {
        var hash = 2166136261u;
        foreach (var c in $"{label}/{seed}")
            hash = (hash ^ c) * 16777619u;
        hash ^= hash >> 15;
        hash *= 2246822519u;
        hash ^= hash >> 13;
        return new Random((int)(hash & int.MaxValue));
    }

    private static IEnumerable<string> Choose(Random random)
    {
        while (true)
        {
            var order = Phrases.ToArray();
            random.Shuffle(order);
            foreach (var label in order.SelectMany(p => p))
                yield return label;
        }
    }
}
