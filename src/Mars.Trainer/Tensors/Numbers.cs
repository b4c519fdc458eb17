using TorchSharp;
using static TorchSharp.torch;

#pragma warning disable RS0030 // here is where the conversions are held

namespace Mars.Trainer.Tensors;

/// <summary>
/// Arithmetic of tensors with numbers. TorchSharp makes a native object of each number in an expression, whose finalizer may free it while libtorch still reads it:
/// a factor then turns into garbage, or an operation fails for no reason (seen). Held until the call returns, as here, they are safe; the build refuses the others.
/// </summary>
internal static class Numbers
{
    /// <summary>The factor of an addition.</summary>
    public static readonly Scalar One = 1;

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <summary>a += b.</summary>
    public static Tensor PlusInPlace(this Tensor a, Tensor b) => a.add_(b, One);

    /// <summary>a + b * factor.</summary>
    public static Tensor PlusTimes(this Tensor a, Tensor b, double factor)
    {
        using Scalar held = factor;
        return a.add(b, held);
    }

    /// <summary>a += b * factor.</summary>
    public static Tensor PlusTimesInPlace(this Tensor a, Tensor b, double factor)
    {
        using Scalar held = factor;
        return a.add_(b, held);
    }

    /// <summary>a + number.</summary>
    public static Tensor Plus(this Tensor a, double number)
    {
        using Scalar held = number;
        return a.add(held, One);
    }

    /// <summary>a += number.</summary>
    public static Tensor PlusInPlace(this Tensor a, double number)
    {
        using Scalar held = number;
        return a.add_(held, One);
    }

    /// <summary>a * factor.</summary>
    public static Tensor Times(this Tensor a, double factor)
    {
        using Scalar held = factor;
        return a.mul(held);
    }

    /// <summary>a *= factor.</summary>
    public static Tensor TimesInPlace(this Tensor a, double factor)
    {
        using Scalar held = factor;
        return a.mul_(held);
    }

    /// <summary>Nothing below low or above high.</summary>
    public static Tensor Within(this Tensor a, double low, double high)
    {
        using Scalar least = low, most = high;
        return a.clamp(least, most);
    }

    /// <summary>0, 1, 2 ... as floats.</summary>
    public static Tensor Counting(long count, Device device) => tensor(Enumerable.Range(0, (int)count).Select(i => (float)i).ToArray(), device: device);

    /// <summary>A number to be held by whoever uses it for long.</summary>
    public static Scalar Held(double number) => number;
}
