using TorchSharp;
using static Mars.Trainer.Tensors.Numbers;
using static TorchSharp.torch;

namespace Mars.Trainer.Flow;

/// <summary>
/// The pairs of a warp that still move. An iteration is a step on the data term and one on the dual of the total variation (equations 6 to 9 of the IPOL article);
/// a pair whose flow has come to rest leaves and costs nothing more.
/// </summary>
internal sealed class TvL1Pairs : IDisposable
{
    private const double Tau = 0.25, Lambda = 0.15, Theta = 0.3, Epsilon = 0.01;
    private const int OuterIterations = 10, InnerIterations = 30;

    private static readonly Scalar ThetaHeld = Held(Theta), Step = Held(Tau / Theta), Reach = Held(Lambda * Theta), MinusReach = Held(-Lambda * Theta);

    // Of all pairs, where those that leave are written to.
    private readonly Tensor[] _all;
    private readonly double _rest;

    // Of the pairs that are left.
    private long[] _places;
    private Tensor _flow;
    private Tensor _dualX;
    private Tensor _dualY;
    private Tensor _gradient;
    private Tensor _offset;
    private Tensor _inverse;

    /// <param name="flow">[N, 2, H, W]; changed in place.</param>
    /// <param name="dualX">[N, 2, H, W + 1]: for both components of the flow, with a column of zeros in front; changed in place.</param>
    /// <param name="dualY">[N, 2, H + 1, W], with a row of zeros on top; changed in place.</param>
    /// <param name="gradient">[N, 2, H, W]: of the warped second picture, to the right and down.</param>
    /// <param name="offset">[N, H, W]: the brightness that a flow u leaves unexplained is offset + gradient . u.</param>
    /// <param name="inverse">[N, H, W]: -1 / |gradient|^2.</param>
    public TvL1Pairs(Tensor flow, Tensor dualX, Tensor dualY, Tensor gradient, Tensor offset, Tensor inverse)
    {
        _all = [flow, dualX, dualY];
        _rest = Epsilon * Epsilon * flow.shape[2] * flow.shape[3];
        _places = [.. Enumerable.Range(0, (int)flow.shape[0]).Select(i => (long)i)];
        (_flow, _dualX, _dualY) = (flow.clone(), dualX.clone(), dualY.clone());
        (_gradient, _offset, _inverse) = (gradient.alias(), offset.alias(), inverse.alias());
    }

    public void Solve()
    {
        for (var outer = 0; outer < OuterIterations; outer++)
        {
            Replace(ref _flow, MedianFilter.Apply(_flow));
            for (var inner = 0; inner < InnerIterations; inner++)
            {
                var moved = Iterate();
                var left = Enumerable.Range(0, moved.Length).Where(i => moved[i] > _rest).ToArray();
                if (left.Length == moved.Length)
                    continue;
                Store();
                if (left.Length == 0)
                    return;
                Keep(left);
            }
        }
        Store();
    }

    public void Dispose()
    {
        foreach (var tensor in (ReadOnlySpan<Tensor>)[_flow, _dualX, _dualY, _gradient, _offset, _inverse])
            tensor.Dispose();
    }

    /// <summary>One iteration; gives the squared length of each pair's change.</summary>
    private float[] Iterate()
    {
        using var scope = NewDisposeScope();
        var (height, width) = (_flow.shape[2], _flow.shape[3]);

        // The data term pulls along the gradient, by what removes the brightness left but no further than its reach.
        var pull = _offset.addcmul(_gradient.select(1, 0), _flow.select(1, 0), One).addcmul_(_gradient.select(1, 1), _flow.select(1, 1), One).mul_(_inverse).clamp_(MinusReach, Reach);
        var divergence = _dualX.narrow(3, 1, width).sub(_dualX.narrow(3, 0, width)).add_(_dualY.narrow(2, 1, height), One).sub_(_dualY.narrow(2, 0, height));
        var next = _flow.addcmul(_gradient, pull.unsqueeze(1), One).add_(divergence, ThetaHeld);
        var change = next.sub(_flow).flatten(1);
        var moved = bmm(change.unsqueeze(1), change.unsqueeze(2)).flatten().cpu().data<float>().ToArray();

        // The differences to the right and down are none at the last column and row.
        var right = next.narrow(3, 1, width - 1).sub(next.narrow(3, 0, width - 1));
        var down = next.narrow(2, 1, height - 1).sub(next.narrow(2, 0, height - 1));
        var length = zeros_like(next);
        length.narrow(3, 0, width - 1).addcmul_(right, right, One);
        length.narrow(2, 0, height - 1).addcmul_(down, down, One);
        length.sqrt_().mul_(Step).add_(One, One);
        _dualX.narrow(3, 1, width - 1).add_(right, Step);
        _dualX.narrow(3, 1, width).div_(length);
        _dualY.narrow(2, 1, height - 1).add_(down, Step);
        _dualY.narrow(2, 1, height).div_(length);

        Replace(ref _flow, next.MoveToOuterDisposeScope());
        return moved;
    }

    private void Store()
    {
        using var places = tensor(_places, device: _flow.device);
        _all[0].index_copy_(0, places, _flow);
        _all[1].index_copy_(0, places, _dualX);
        _all[2].index_copy_(0, places, _dualY);
    }

    private void Keep(int[] left)
    {
        using var index = tensor(left.Select(i => (long)i).ToArray(), device: _flow.device);
        _places = [.. left.Select(i => _places[i])];
        Replace(ref _flow, _flow.index_select(0, index));
        Replace(ref _dualX, _dualX.index_select(0, index));
        Replace(ref _dualY, _dualY.index_select(0, index));
        Replace(ref _gradient, _gradient.index_select(0, index));
        Replace(ref _offset, _offset.index_select(0, index));
        Replace(ref _inverse, _inverse.index_select(0, index));
    }

    private static void Replace(ref Tensor old, Tensor tensor)
    {
        old.Dispose();
        old = tensor;
    }
}
