using System.Runtime.Intrinsics.X86;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mars.Trainer.Networks;

/// <summary>
/// The 3D ResNeXt of all four streams. Input: float [N, channels, frames, 112, 112], mean subtracted. Names in the state dictionary are those of the authors'
/// checkpoints, without "module.".
/// </summary>
internal sealed class ResNeXt3D : nn.Module<Tensor, NetworkOutput>
{
    public ResNeXt3D(NetworkShape shape)
        : base(nameof(ResNeXt3D))
    {
        Shape = shape;
        Conv1 = nn.Conv3d(shape.InputChannels, shape.Stem, (7, 7, 7), (1, 2, 2), (3, 3, 3), bias: false);
        Bn1 = nn.BatchNorm3d(shape.Stem);
        register_module("conv1", Conv1);
        register_module("bn1", Bn1);

        var inputs = shape.Stem;
        var stages = new List<IReadOnlyList<Bottleneck>>();
        for (var stage = 0; stage < shape.Blocks.Count; stage++)
        {
            var blocks = new List<Bottleneck>();
            for (var block = 0; block < shape.Blocks[stage]; block++)
            {
                blocks.Add(new Bottleneck(inputs, shape.Planes[stage], shape.Cardinality, stage > 0 && block == 0 ? 2 : 1, shape.Shortcut == "B"));
                inputs = shape.Planes[stage] * NetworkShape.Expansion;
            }
            stages.Add(blocks);
            register_module($"layer{stage + 1}", nn.Sequential([.. blocks.Select((block, i) => ($"{i}", (nn.Module<Tensor, Tensor>)block))]));
        }
        Stages = stages;
        Fc = nn.Linear(shape.Features, shape.Classes);
        register_module("fc", Fc);
        Initialise();
    }

    public NetworkShape Shape { get; }

    /// <summary>What convolutions compute in. BFloat16 is half the memory and, where the hardware has it, half the time; weights, sums of the loss and updates stay as they are.</summary>
    public ScalarType Precision { get; set; } = ScalarType.Float32;

    public Conv3d Conv1 { get; }

    public BatchNorm3d Bn1 { get; }

    /// <summary>The blocks of layer1 to layer4.</summary>
    public IReadOnlyList<IReadOnlyList<Bottleneck>> Stages { get; }

    public Linear Fc { get; }

    /// <summary>Every convolution with its norm and its name in the state dictionary. (Norms are called and not forwarded to, so that they can be watched.)</summary>
    public IEnumerable<(string Name, Conv3d Convolution, BatchNorm3d Norm)> Convolutions() =>
        Stages.SelectMany((stage, s) => stage.SelectMany((block, b) => block.Convolutions($"layer{s + 1}.{b}"))).Prepend(("conv1", Conv1, Bn1));

    /// <summary>Kernel of the last average pool, (time, height, width): what is left of a clip after strides of 16 and 32.</summary>
    public static (int Time, int Side) PoolOf(NetworkShape shape) => ((shape.Frames + 15) / 16, (shape.Size + 31) / 32);

    public override NetworkOutput forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = Bn1.call(Stem(Precision == ScalarType.Float32 ? input : input.to(Precision))).relu_();
        x = nn.functional.max_pool3d(x, [3, 3, 3], [2, 2, 2], [1, 1, 1]);
        var maps = new Tensor[Stages.Count];
        for (var stage = 0; stage < Stages.Count; stage++)
        {
            foreach (var block in Stages[stage])
                x = block.forward(x);
            maps[stage] = x;
        }
        // What is left is PoolOf(Shape) for clips of the shape's size, and smaller for smaller ones.
        var features = x.mean([2, 3, 4]).to(Fc.weight!.dtype);
        var logits = Fc.forward(features);
        return new NetworkOutput(
            maps[^2].MoveToOuterDisposeScope(), maps[^1].MoveToOuterDisposeScope(), features.MoveToOuterDisposeScope(), logits.MoveToOuterDisposeScope());
    }

    // The same sum in another order. Without AVX-512 oneDNN's 3D kernel for this one layer is so slow that training spends half its time in the gradient of its weights;
    // its 2D kernel is faster there, and seven taps of three channels are 21 channels of one frame each (forward and backward, ms a clip: 3D 87, 2D 51 on an EPYC with
    // AVX2, 112 pixels; 3D 4, 2D 18 on a Xeon with AVX-512, 48 pixels).
    private Tensor Stem(Tensor input)
    {
        if (input.device_type != DeviceType.CPU || !is_grad_enabled() || Avx512F.IsSupported)
            return Bottleneck.Convolve(Conv1, input);
        const int Taps = 7;
        var (count, frames) = (input.shape[0], input.shape[2]);
        var padded = nn.functional.pad(input, [0, 0, 0, 0, Taps / 2, Taps / 2]);
        var stacked = padded.unfold(2, frames, 1).permute(0, 5, 1, 2, 3, 4).reshape(count * frames, input.shape[1] * Taps, input.shape[3], input.shape[4]);
        var maps = nn.functional.conv2d(stacked, Conv1.weight!.to(input.dtype).flatten(1, 2), strides: [2, 2], padding: [Taps / 2, Taps / 2]);
        return maps.reshape(count, frames, maps.shape[1], maps.shape[2], maps.shape[3]).permute(0, 2, 1, 3, 4);
    }

    private void Initialise()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var convolution in modules().OfType<Conv3d>())
            nn.init.kaiming_normal_(convolution.weight!, mode: nn.init.FanInOut.FanOut);
        foreach (var norm in modules().OfType<BatchNorm3d>())
        {
            nn.init.ones_(norm.weight!);
            nn.init.zeros_(norm.bias!);
        }
    }
}
