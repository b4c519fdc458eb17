using Mars.Trainer.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Training;

public class MomentumSgdTests
{
    [Fact]
    public void Step_TwiceWithDampening_IsTheHandComputedOne()
    {
        // weight 1, loss = 2 * weight, so the gradient is 2; rate 0.1, momentum 0.9, dampening 0.9, decay 0.5.
        using var weight = new Parameter(tensor(1f));
        using var optimizer = new MomentumSgd([("w", weight)], 0.9, 0.9, 0.5);
        Step(); // g = 2 + 0.5 * 1 = 2.5; v = g (no dampening at first); w = 1 - 0.25
        Assert.Equal(0.75, weight.ToDouble(), 1e-6);
        Step(); // g = 2 + 0.5 * 0.75 = 2.375; v = 0.9 * 2.5 + 0.1 * 2.375 = 2.4875; w = 0.75 - 0.24875
        Assert.Equal(0.50125, weight.ToDouble(), 1e-6);

        void Step()
        {
            using var scope = NewDisposeScope();
            optimizer.ZeroGradients();
            (weight * 2).backward();
            optimizer.Step(0.1);
        }
    }

    [Theory]
    [InlineData(0.9, false)]
    [InlineData(0, true)] // as the authors: Nesterov's momentum has no dampening
    public void Step_ManyTimes_GoesWhereTorchsOwnSgdGoes(double dampening, bool nesterov)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var ours = new Parameter(randn(5, 4));
        using var theirs = new Parameter(ours.detach().clone());
        var input = randn(6, 5);
        using var optimizer = new MomentumSgd([("w", ours)], 0.9, dampening, 1e-3, nesterov);
        using var referee = optim.SGD([theirs], 0.1, 0.9, dampening, 1e-3, nesterov);
        for (var i = 0; i < 10; i++)
        {
            optimizer.ZeroGradients();
            input.matmul(ours).pow(2).mean().backward();
            optimizer.Step(0.1);
            referee.zero_grad();
            input.matmul(theirs).pow(2).mean().backward();
            referee.step();
        }
        Assert.True(ours.allclose(theirs, 1e-6, 1e-7));
    }
}
