using Mars.Client.Demo;

namespace Mars.Client.Tests.Demo;

public sealed class JudgedWindowTests
{
    private static readonly TruthSegment[] Truth = [Segment("walk", 0, 2), Segment("run", 2, 4)];

    [Theory]
    [InlineData(0.0, "walk", WindowKind.Right)]
    [InlineData(0.0, "run", WindowKind.Wrong)]
    [InlineData(1.52, "walk", WindowKind.Right)] // 0.48 of 0.64 s: three quarters
    [InlineData(1.6, "walk", WindowKind.Boundary)]
    [InlineData(1.84, "run", WindowKind.Right)]
    [InlineData(5.0, "run", WindowKind.Untold)]
    public void Of_WindowAndTruth_Judged(double start, string predicted, object expected)
    {
        var window = JudgedWindow.Of(Seconds(start), Seconds(start + 0.64), predicted, 0.9, Truth);

        Assert.Equal((WindowKind)expected, window.Kind);
    }

    [Fact]
    public void Of_NoTruth_Untold() => Assert.Equal(WindowKind.Untold, JudgedWindow.Of(default, Seconds(1), "walk", 1, []).Kind);

    internal static TruthSegment Segment(string label, double start, double end) => new(label, Seconds(start), Seconds(end));

    internal static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
