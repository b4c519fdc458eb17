using Mars.Trainer.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Flow;

/// <summary>One scale of TV-L1: five times it warps the second picture by the flow so far and solves for the rest.</summary>
internal sealed class TvL1Level
{
    private const int Warps = 5;

    // Below it a gradient counts as none (FLT_EPSILON).
    private static readonly Scalar SmallestGradient = Numbers.Held(1.1920929e-7f);

    private readonly Tensor _first;
    private readonly Tensor _second;
    private readonly Tensor _flow;
    private readonly Tensor _dualX;
    private readonly Tensor _dualY;

    private TvL1Level(Tensor first, Tensor second, Tensor flow)
    {
        var (count, height, width) = (first.shape[0], first.shape[1], first.shape[2]);
        _first = first;
        _second = stack([second, Central(second, 2), Central(second, 1)], 1);
        _flow = flow.clone();
        _dualX = zeros([count, 2, height, width + 1], device: first.device);
        _dualY = zeros([count, 2, height + 1, width], device: first.device);
    }

    /// <summary>Improves a flow.</summary>
    /// <param name="first">float [N, H, W].</param>
    /// <param name="second">The same.</param>
    /// <param name="flow">float [N, 2, H, W], where to begin.</param>
    public static Tensor Solve(Tensor first, Tensor second, Tensor flow)
    {
        using var scope = NewDisposeScope();
        var level = new TvL1Level(first, second, flow);
        for (var warp = 0; warp < Warps; warp++)
            level.Warp();
        return level._flow.MoveToOuterDisposeScope();
    }

    private void Warp()
    {
        using var scope = NewDisposeScope();
        var warped = CubicWarp.Apply(_second, _flow);
        var gradient = warped.narrow(1, 1, 2).contiguous();
        var rest = warped.select(1, 0) - (gradient * _flow).sum(1) - _first;
        var inverse = gradient.square().sum(1).clamp_(min: SmallestGradient).reciprocal_().neg_();
        using var pairs = new TvL1Pairs(_flow, _dualX, _dualY, gradient, rest, inverse);
        pairs.Solve();
    }

    // Half the difference of both neighbours; at an edge the pixel itself stands for the neighbour it lacks.
    private static Tensor Central(Tensor pictures, int dimension)
    {
        using var scope = NewDisposeScope();
        var length = pictures.shape[dimension];
        var before = cat([pictures.narrow(dimension, 0, 1), pictures.narrow(dimension, 0, length - 1)], dimension);
        var after = cat([pictures.narrow(dimension, 1, length - 1), pictures.narrow(dimension, length - 1, 1)], dimension);
        return (after - before).TimesInPlace(0.5).MoveToOuterDisposeScope();
    }
}
