using Mars.Inference.Models;
using Mars.Trainer.Data;
using Mars.Trainer.Export;
using Mars.Trainer.Networks;
using Mars.Trainer.Objectives;
using Mars.Trainer.Tensors;
using static TorchSharp.torch;

namespace Mars.Trainer.Training;

/// <summary>
/// The network of a model package, to be trained further. A package has no batch norms, they are folded into its convolutions: they are drawn out again, with the
/// statistics of the clips that it will learn from, so that the network computes the same at its first step. Its weights are brought to the length of freshly drawn
/// ones: what a norm follows may have any, but a learning rate is meant for such. (Folded weights are a hundredth of that in the stem; the first steps would wipe them out.)
/// </summary>
internal static class PackageNetwork
{
    // The statistics of a norm are over a clip's positions too: this many clips give some 10,000 values a channel in the last layer.
    private const int Clips = 64;

    /// <summary>Reads it; its norms do nothing yet.</summary>
    /// <param name="folder">Of an fp32 package that export or import wrote.</param>
    /// <exception cref="InvalidDataException">The package is of another kind.</exception>
    public static NamedNetwork Load(string folder)
    {
        var package = ModelPackage.Load(folder);
        if (package.Manifest.Members.Count > 0)
            throw new InvalidDataException($"{folder} is an ensemble: give one of its members");
        var read = GraphNetwork.Read(package.Graph);
        var network = new ResNeXt3D(read.Shape);
        var layers = read.Placed().ToDictionary(p => p.Layer.Name, p => p.Layer.Folded);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (name, convolution, norm) in network.Convolutions())
        {
            convolution.weight!.copy_(tensor(layers[name].Weight).reshape(convolution.weight.shape));
            nn.init.ones_(norm.weight!);
            norm.bias!.copy_(tensor(layers[name].Bias));
            norm.running_mean!.zero_();
            norm.running_var!.copy_(ones_like(norm.running_var).Plus(-norm.eps));
        }
        network.Fc.weight!.copy_(tensor(read.ClassWeight).reshape(network.Fc.weight.shape));
        network.Fc.bias!.copy_(tensor(read.ClassBias));
        return new NamedNetwork(network, package.Labels);
    }

    /// <summary>Gives each norm the mean and variance of what comes to it and a gain and offset that undo them, and each convolution the length of a new one.</summary>
    /// <param name="network">Of <see cref="Load"/>.</param>
    /// <param name="training">What it will learn from.</param>
    /// <param name="cache">Holds its files.</param>
    /// <param name="size">Side of the clips, in pixels.</param>
    /// <param name="options">How it will be trained.</param>
    public static void Settle(ResNeXt3D network, FrameSet training, FrameCache cache, int size, FitOptions options)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        network.eval();
        var shape = network.Shape with { Size = size };
        var modality = shape.InputChannels == 2 ? Modality.Flow : Modality.Rgb;
        if (modality == Modality.Flow)
            training = training.ForFlow();
        var norms = network.Convolutions().Select(c => c.Norm).ToList();
        var sums = norms.ToDictionary(n => n, n => (Values: zeros_like(n.bias!, ScalarType.Float64), Squares: zeros_like(n.bias!, ScalarType.Float64)));
        var hooks = norms.ConvertAll(norm => norm.register_forward_pre_hook((_, input) =>
        {
            using var inner = NewDisposeScope();
            var values = input.to(ScalarType.Float64);
            sums[norm].Values.PlusInPlace(values.mean([0, 2, 3, 4]));
            sums[norm].Squares.PlusInPlace((values * values).mean([0, 2, 3, 4]));
            return input;
        }));
        var batches = ClipPlan.Training(training, shape.Frames, Math.Min(16, training.Videos.Count), options.Seed, 0, options.CropScales).Take(Clips / 16).ToList();
        foreach (var batch in new ClipLoader(training, cache, modality, shape.Frames, size, options.Workers).Load(batches, CancellationToken.None))
            network.forward(ClipTensors.From(batch, shape, CPU).For(network));
        foreach (var hook in hooks)
            hook.remove();
        foreach (var (_, convolution, norm) in network.Convolutions())
        {
            var mean = sums[norm].Values / tensor((double)batches.Count);
            var variance = ((sums[norm].Squares / tensor((double)batches.Count)) - (mean * mean)).Within(0, double.MaxValue);
            var weight = convolution.weight!;
            var length = Math.Sqrt(2.0 * weight.shape[1] / weight.shape[0]); // of an output's weights as Kaiming's initialisation draws them (fan-out)
            var factor = tensor(length) / weight.to(ScalarType.Float64).flatten(1).norm(1).Within(1e-12, double.MaxValue);
            weight.mul_(factor.to(ScalarType.Float32).reshape(-1, 1, 1, 1, 1));
            norm.bias!.PlusInPlace(mean.to(ScalarType.Float32));
            norm.weight!.copy_((variance * factor * factor).Plus(norm.eps).sqrt() / factor);
            norm.running_mean!.copy_(mean * factor);
            norm.running_var!.copy_(variance * factor * factor);
        }
    }
}
