using System.Globalization;
using Mars.Trainer.Networks;
using static TorchSharp.torch;

namespace Mars.Trainer.Checkpoints;

/// <summary>Builds the network that a checkpoint of the authors is of: depth, width, classes and channels are read from the names and shapes of its tensors.</summary>
internal static class AuthorsNetwork
{
    // The widest layer of the authors' has 2048.
    private const int MostChannels = 1 << 16;

    /// <param name="tensors">By the authors' names, without "module.".</param>
    /// <param name="frames">Of a clip: 16 or 64. The tensors do not tell.</param>
    /// <exception cref="InvalidDataException">They are of another network; the message names a layer.</exception>
    public static ResNeXt3D Build(IReadOnlyDictionary<string, Tensor> tensors, int frames)
    {
        var shape = Shape(tensors, frames);
        // Before the memory is taken: a few shapes may speak of a network that the file is far too small for.
        if (tensors.Values.Sum(t => t.numel()) is var held && shape.Parameters > held)
            throw new InvalidDataException($"its layers are those of a network of {shape.Parameters} weights, and it holds {held} numbers");
        var network = new ResNeXt3D(shape);
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
        if (planes.Append((int)stem[0]).Append((int)stem[1]).Append((int)classifier[0]).Max() > MostChannels)
            throw new InvalidDataException($"a layer of it has more than {MostChannels} channels");
        var cardinality = planes[0] / (int)Of("layer1.0.conv2.weight", 5)[1];
        if (cardinality == 0 || planes.Any(p => p % cardinality != 0))
            throw new InvalidDataException($"its layers of {string.Join(", ", planes)} channels cannot be cut into the groups that layer1.0.conv2.weight tells of");
        return new NetworkShape
        {
            Blocks = blocks,
            Planes = planes,
            Stem = (int)stem[0],
            InputChannels = (int)stem[1],
            Cardinality = cardinality,
            Classes = (int)classifier[0],
            // The first block of layer2 has a stride, so that its shortcut is a projection unless no shortcut is.
            Shortcut = tensors.ContainsKey("layer2.0.downsample.0.weight") ? "B" : "A",
            Frames = frames,
        };
    }

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
