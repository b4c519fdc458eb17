using System.Drawing;
using Mars.Trainer.Data;

namespace Mars.Trainer.Tests.Data;

public class CornerCropTests
{
    [Theory]
    [InlineData(0, 0, 42, 0, 256, 256)] // 340x256 whole short side: centre is (170, 128)
    [InlineData(0, 4, 84, 0, 256, 256)]
    [InlineData(1, 1, 0, 0, 215, 215)] // 256 * 2^-1/4 = 215.27
    [InlineData(1, 0, 63, 21, 214, 214)] // centre: half of 215 each way
    [InlineData(2, 2, 159, 0, 181, 181)] // 181.02
    [InlineData(3, 3, 0, 104, 152, 152)] // 152.22
    [InlineData(4, 4, 212, 128, 128, 128)]
    public void In_A340x256Frame_IsTheAuthorsSquare(int scale, int position, int x, int y, int width, int height) =>
        Assert.Equal(new Rectangle(x, y, width, height), new CornerCrop(scale, position).In(340, 256));

    [Fact]
    public void Draw_ManyTimes_GivesEveryScaleAtEveryPosition()
    {
        var random = new Random(1);
        Assert.Equal(25, Enumerable.Range(0, 2000).Select(_ => CornerCrop.Draw(random)).Distinct().Count());
    }
}
