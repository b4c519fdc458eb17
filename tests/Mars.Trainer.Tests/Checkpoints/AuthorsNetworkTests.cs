using Mars.Trainer.Checkpoints;
using Mars.Trainer.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Checkpoints;

public sealed class AuthorsNetworkTests
{
    [Theory]
    [InlineData(14, 3, 51, "A")]
    [InlineData(50, 2, 101, "B")]
    [InlineData(101, 3, 400, "B")]
    [InlineData(152, 3, 174, "A")]
    public void Build_OfItsTensorsAlone_FindsDepthChannelsClassesAndShortcut(int depth, int channels, int classes, string shortcut)
    {
        using var scope = NewDisposeScope();
        var shape = NetworkShape.Create(depth, "narrow", classes, channels, 64, shortcut: shortcut);
        using var network = new ResNeXt3D(shape);
        using var built = AuthorsNetwork.Build(network.state_dict(), 64);
        Assert.Equal((depth, channels, classes, shortcut, 64, 32), (built.Shape.Depth, built.Shape.InputChannels, built.Shape.Classes, built.Shape.Shortcut, built.Shape.Frames, built.Shape.Cardinality));
        Assert.Equal(shape.Planes, built.Shape.Planes);
        var copies = built.state_dict();
        Assert.All(network.state_dict(), t => Assert.True(t.Value.eq(copies[t.Key]).all().ToBoolean(), t.Key));
    }

    // What a file says must be small beside what it holds: 120 kB here that speak of 7 GB.
    [Fact]
    public void Build_OfShapesOfAGiant_IsRefusedBeforeItTakesTheMemory()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor> { ["conv1.weight"] = zeros([1, 3, 1, 1, 1]), ["fc.weight"] = zeros([1, 1]), ["layer1.0.conv2.weight"] = zeros([1, 1, 1, 1, 1]) };
        for (var stage = 1; stage <= 4; stage++)
            tensors[$"layer{stage}.0.conv1.weight"] = zeros([30_000, 1, 1, 1, 1]);
        Assert.Contains("weights, and it holds", Assert.Throws<InvalidDataException>(() => AuthorsNetwork.Build(tensors, 16)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layer1.0.conv2.weight", "groups")]
    [InlineData("layer3.0.conv1.weight", "groups")]
    [InlineData("layer2.0.bn2.running_var", "layer2.0.bn2.running_var is [7]")]
    [InlineData("fc.weight", "fc.weight is missing or of another shape")]
    public void Build_OfATensorOfAnotherShape_NamesWhatIsWrong(string name, string named)
    {
        using var scope = NewDisposeScope();
        using var network = new ResNeXt3D(Tiny.Shape(3));
        var tensors = network.state_dict().ToDictionary(t => t.Key, t => t.Value);
        tensors[name] = name.EndsWith("running_var", StringComparison.Ordinal) || name == "fc.weight" ? zeros([7]) : zeros([7, 9, 1, 1, 1]);
        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => AuthorsNetwork.Build(tensors, 16)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_WithALayerMoreOrLess_NamesIt()
    {
        using var scope = NewDisposeScope();
        using var network = new ResNeXt3D(Tiny.Shape(3));
        var tensors = network.state_dict().ToDictionary(t => t.Key, t => t.Value);
        tensors["fc2.weight"] = zeros([3, 3]);
        Assert.Contains("fc2.weight belongs to no layer", Assert.Throws<InvalidDataException>(() => AuthorsNetwork.Build(tensors, 16)).Message, StringComparison.Ordinal);
        tensors.Remove("layer4.0.bn3.bias");
        Assert.Contains("layer4.0.bn3.bias is missing", Assert.Throws<InvalidDataException>(() => AuthorsNetwork.Build(tensors, 16)).Message, StringComparison.Ordinal);
    }
}
