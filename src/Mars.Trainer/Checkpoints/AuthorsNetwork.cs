using System.Globalization;
using Mars.Trainer.Networks;
using static TorchSharp.torch;

namespace Mars.Trainer.Checkpoints;

/// <summary>Builds the network that a checkpoint of the authors is of: depth, width, classes and channels are read from the names and shapes of its tensors.</summary>
internal static class AuthorsNetwork
{
    /// <param name="tensors">By the authors' names, without "module.".</param>
    /// <param name="frames">Of a clip: 16 or 64. The tensors do not tell.</param>
    /// <exception cref="InvalidDataException">They are of another network; the message names a layer.</exception>
    public static ResNeXt3D Build(IReadOnlyDictionary<string, Tensor> tensors, int frames)
    {
        var network = new ResNeXt3D(Shape(tensors, frames));
        try
        {
            var state = network.state_dict();
            using var frozen = no_grad();
            foreach (var (name, target) in state)
            {
                if (tensors.TryGetValue(name, out var source))
                {
                    if (!source.shape.SequenceEqual(target.shape))
                        throw new InvalidDataException($"{name} is {Text(source.shape)} where a ResNeXt of this depth has {Text(target.shape)}");
                    target.copy_(source);
                }
                else if (!name.EndsWith("num_batches_tracked", StringComparison.Ordinal)) // PyTorch 0.3 had none
                {
                    throw new InvalidDataException($"{name} is missing");
                }
            }
            var unknown = tensors.Keys.FirstOrDefault(name => !state.ContainsKey(name));
            if (unknown is not null)
                throw new InvalidDataException($"{unknown} belongs to no layer of a 3D ResNeXt");
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static NetworkShape Shape(IReadOnlyDictionary<string, Tensor> tensors, int frames)
    {
        long[] Of(string name, int dimensions) => tensors.TryGetValue(name, out var tensor) && tensor.dim() == dimensions && tensor.numel() > 0
            ? tensor.shape
            : throw new InvalidDataException($"{name} is missing or of another shape than a 3D ResNeXt's");
        var stem = Of("conv1.weight", 5);
        var classifier = Of("fc.weight", 2);
        var blocks = Enumerable.Range(1, 4)
            .Select(stage => Enumerable.Range(0, 100).TakeWhile(block => tensors.ContainsKey(string.Create(CultureInfo.InvariantCulture, $"layer{stage}.{block}.conv1.weight"))).Count())
            .ToArray();
        var planes = Enumerable.Range(1, 4).Select(stage => (int)Of($"layer{stage}.0.conv1.weight", 5)[0]).ToArray();
        return new NetworkShape
        {
            Blocks = blocks,
            Planes = planes,
            Stem = (int)stem[0],
            InputChannels = (int)stem[1],
            Cardinality = planes[0] / (int)Of("layer1.0.conv2.weight", 5)[1],
            Classes = (int)classifier[0],
            Shortcut = tensors.ContainsKey("layer1.0.downsample.0.weight") ? "B" : "A",
            Frames = frames,
        };
    }

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
