using OpenCvSharp;

namespace Mars.Synthesis.Tests;

public sealed class SyntheticVideoTests
{
    public static TheoryData<string> Labels => [.. ActionCatalog.Labels];

    [Fact]
    public void Labels_AreAtLeastTenAndSorted()
    {
        Assert.True(ActionCatalog.Labels.Count >= 10);
        Assert.Equal(ActionCatalog.Labels.Order(StringComparer.Ordinal), ActionCatalog.Labels);
    }

    [Fact]
    public void SingleAction_UnknownLabel_SaysWhichThereAre()
    {
        var error = Assert.Throws<ArgumentException>(() => SyntheticVideo.SingleAction("levitate", 1));

        Assert.Contains("stand_up", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_SameSeed_SamePixels()
    {
        using var first = Frame(SyntheticVideo.SingleAction("kick", 7), 9);
        using var second = Frame(SyntheticVideo.SingleAction("kick", 7), 9);
        using var other = Frame(Enumerable.Range(8, 50).Select(seed => SyntheticVideo.SingleAction("kick", seed)).First(v => v.Truth.Width == first.Width && v.Truth.Height == first.Height), 9);

        Assert.Equal(0, Cv2.Norm(first, second, NormTypes.INF));
        Assert.True(Difference(first, other) > 10);
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public void Render_AnyLabel_GivesTheFramesOfItsTruth(string label)
    {
        var video = SyntheticVideo.SingleAction(label, 4);

        var sizes = video.Render().Select(frame => (frame.Width, frame.Height, frame.Type())).ToList();

        Assert.Equal(video.Truth.Frames, sizes.Count);
        Assert.Equal([(video.Truth.Width, video.Truth.Height, MatType.CV_8UC3)], sizes.Distinct());
        var segment = Assert.Single(video.Truth.Segments);
        Assert.Equal((label, 0.0), (segment.Label, segment.Start));
        Assert.InRange(segment.End, (video.Truth.Frames - 1) / video.Truth.FrameRate, (video.Truth.Frames + 1) / video.Truth.FrameRate);
    }

    // Every 16-frame clip of an action must show it: a still one could only be guessed.
    [Theory]
    [MemberData(nameof(Labels))]
    public void Render_AnyLabelButIdle_MovesMoreThanIdle(string label)
    {
        Assert.SkipWhen(label == "idle", "idle is what the others are compared with");

        var motion = Motion(label);
        Assert.True(motion > 1.5 * Idle.Value, $"{label} moves {motion:0.00}, idle {Idle.Value:0.00}");
    }

    private static readonly Lazy<double> Idle = new(() => Motion("idle"));

    private static double Motion(string label) => Enumerable.Range(0, 5).Average(seed =>
        {
            using var first = Frame(SyntheticVideo.SingleAction(label, seed), 0);
            using var later = Frame(SyntheticVideo.SingleAction(label, seed), 8);
            // Where more than a little changed: noise and a shaking camera do not count.
            using var change = new Mat();
            Cv2.Absdiff(first, later, change);
            using var grey = change.CvtColor(ColorConversionCodes.BGR2GRAY);
            using var moved = grey.Threshold(40, 1, ThresholdTypes.Binary);
            return 100 * Cv2.Sum(moved).Val0 / moved.Total();
        });

    // The same poses in the other order: a still frame cannot tell one from the other.
    [Theory]
    [InlineData("sit_down", "stand_up")]
    [InlineData("raise_both_arms", "lower_both_arms")]
    public void Motions_OfAReversedPair_EndWhereTheOtherBegins(string forward, string backward)
    {
        var style = Synthesis.Motion.MotionStyle.Random(new Random(3));
        var (there, back) = (Synthesis.Motion.Actions.Make(forward, style), Synthesis.Motion.Actions.Make(backward, style));

        Assert.Equal(there.Seconds, back.Seconds);
        foreach (var share in (double[])[0, 0.2, 0.5, 0.9])
        {
            var (a, b) = (there.At(share * there.Seconds), back.At((1 - share) * there.Seconds));
            Assert.All(Enum.GetValues<Figure.Joint>(), joint => Assert.Equal(a[joint], b[joint], 6));
        }
        Assert.Contains(Enum.GetValues<Figure.Joint>(), joint => Math.Abs(there.At(0)[joint] - there.At(there.Seconds)[joint]) > 30);
    }

    // Only what stands still behind or under the person tells these apart.
    [Theory]
    [InlineData("jump", "dunk")]
    [InlineData("fall_down", "fall_on_mat")]
    [InlineData("kick", "kick_at_goal")]
    [InlineData("reach_up", "take_from_shelf")]
    [InlineData("wave_one_hand", "wipe_board")]
    public void Motions_OfActionsApartByALandmark_AreTheSame(string bare, string marked)
    {
        var style = Synthesis.Motion.MotionStyle.Random(new Random(3));
        var (one, other) = (Synthesis.Motion.Actions.Make(bare, style), Synthesis.Motion.Actions.Make(marked, style));

        Assert.Equal((bare, marked, one.Seconds), (one.Label, other.Label, other.Seconds));
        foreach (var t in (double[])[0, 0.3, 0.7])
            Assert.All(Enum.GetValues<Figure.Joint>(), joint => Assert.Equal(one.At(t)[joint], other.At(t)[joint]));
    }

    [Fact]
    public void Sequence_LabelsAsked_AreInTheTruthInOrderWithRestsBetween()
    {
        string[] labels = ["wave_one_hand", "sit_down", "stand_up", "walk", "raise_both_arms", "lower_both_arms"];

        var truth = SyntheticVideo.Sequence(labels, 3, 60).Truth;

        Assert.Equal(labels, truth.Segments.Select(s => s.Label).Where(l => l != "idle"));
        Assert.Equal(0, truth.Segments[0].Start);
        Assert.All(truth.Segments.Zip(truth.Segments.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start, 2));
        Assert.Equal(truth.Frames / truth.FrameRate, truth.Segments[^1].End, 0.5 / truth.FrameRate + 1e-3);
    }

    // Copied before the stage goes, and its picture with it.
    private static Mat Frame(SyntheticVideo video, int index)
    {
        foreach (var frame in video.Render())
        {
            if (index-- == 0)
                return frame.Clone();
        }
        throw new ArgumentOutOfRangeException(nameof(index));
    }

    /// <summary>Mean absolute difference of two pictures, grey levels.</summary>
    private static double Difference(Mat a, Mat b) => Cv2.Norm(a, b, NormTypes.L1) / (a.Total() * a.Channels());
}
