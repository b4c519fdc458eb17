using Mars.TestSupport;
using Mars.Trainer.Flow;
using OpenCvSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Flow;

[LargeNetworks]
public class TvL1Tests
{
    [Fact]
    public void Compute_OnRealPairs_IsWhatOpenCvStores()
    {
        const int Pairs = 3; // of fifteen: the others say the same
        var expected = File.ReadAllBytes(SharedData.Oracle("flow_15x256x340x2_u8.bin"))[..(Pairs * 256 * 340 * 2)];
        var frames = Enumerable.Range(1, Pairs + 1).Select(i => Cv2.ImRead(SharedData.Oracle($"clip_frame_{i:D2}.png"), ImreadModes.Grayscale)).ToArray();
        var (height, width) = (frames[0].Height, frames[0].Width);
        using var scope = NewDisposeScope();
        var grey = tensor(frames.SelectMany(f => f.AsSpan<byte>().ToArray()).ToArray(), [Pairs + 1, height, width]);
        var flow = FlowCoding.Encode(TvL1.Compute(grey.narrow(0, 0, Pairs), grey.narrow(0, 1, Pairs))).permute(0, 2, 3, 1).contiguous().data<byte>().ToArray();

        Assert.Equal(expected.Length, flow.Length);
        var differences = expected.Zip(flow, (a, b) => Math.Abs(a - b)).ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine($"mean {differences.Average():F3}, at most 3: {differences.Count(d => d <= 3) / (double)differences.Length:P2}");
        Assert.InRange(differences.Average(), 0, 1.0);
        Assert.InRange(differences.Count(d => d <= 3) / (double)differences.Length, 0.95, 1);
    }

    [Theory]
    [InlineData(1.5f, 0f)]
    [InlineData(-3f, 2f)]
    public void Compute_OfAMovedTexture_GivesItsMotion(float right, float down)
    {
        using var scope = NewDisposeScope();
        var first = Texture(0, 0);
        var flow = TvL1.Compute(first.unsqueeze(0), Texture(right, down).unsqueeze(0));
        var inner = flow[0].narrow(1, 16, 64).narrow(2, 16, 96);
        Assert.Equal(right, inner[0].median().ToSingle(), 0.1);
        Assert.Equal(down, inner[1].median().ToSingle(), 0.1);
    }

    // Each pair stops on its own: what is beside it must not matter.
    [Fact]
    public void Compute_OfPairsTogether_IsThatOfEachAlone()
    {
        using var scope = NewDisposeScope();
        var firsts = stack([Texture(0, 0), Texture(1, 1), Texture(5, 0)]);
        var seconds = stack([Texture(0, 0), Texture(3, 0), Texture(5, 2)]);
        var together = TvL1.Compute(firsts, seconds);
        for (var i = 0; i < 3; i++)
        {
            var alone = TvL1.Compute(firsts.narrow(0, i, 1), seconds.narrow(0, i, 1));
            Assert.InRange((together[i] - alone[0]).abs().max().ToSingle(), 0, 1e-3);
        }
        Assert.Equal(0, together[0].abs().max().ToSingle(), 1e-4);
    }

    [Fact]
    public void Median_OfNoise_IsOpenCvs()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        var noise = tensor(Enumerable.Range(0, 2 * 2 * 23 * 31).Select(_ => random.NextSingle()).ToArray(), [2, 2, 23, 31]);
        var medians = MedianFilter.Apply(noise);
        for (var i = 0; i < 4; i++)
        {
            using var picture = Mat.FromPixelData(23, 31, MatType.CV_32FC1, noise[i / 2][i % 2].contiguous().data<float>().ToArray());
            using var expected = picture.MedianBlur(5);
            Assert.Equal(expected.AsSpan<float>().ToArray(), medians[i / 2][i % 2].contiguous().data<float>().ToArray());
        }
    }

    private static Tensor Texture(float right, float down)
    {
        var x = arange(128).to(ScalarType.Float32) - right;
        var y = (arange(96).to(ScalarType.Float32) - down).unsqueeze(1);
        return ((x * 0.31f).sin() * (y * 0.23f).cos() * 60) + ((x * 0.11f) + (y * 0.17f)).sin() * 50 + 128;
    }
}
