using Mars.Trainer.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Checkpoints;

public sealed class TensorFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WhatWasWritten_GivesTheSameTensorsAndText()
    {
        using var scope = NewDisposeScope();
        var path = _folder.File("a.safetensors");
        var tensors = new Dictionary<string, Tensor> { ["w"] = randn(3, 4), ["n"] = tensor(7L), ["t"] = randn(4, 3).transpose(0, 1) };
        TensorFile.Write(path, tensors, new Dictionary<string, string> { ["run"] = "{}" });
        var (read, metadata) = TensorFile.Read(path);
        Assert.Equal("{}", metadata["run"]);
        Assert.All(tensors, t => Assert.True(t.Value.equal(read[t.Key]).all().ToBoolean()));
        Assert.Equal(tensors["t"].shape, read["t"].shape);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("half")]
    [InlineData("a longer header than the file")]
    [InlineData("a tensor beyond the end")]
    public void Read_ADamagedFile_IsRefused(string damage)
    {
        using var scope = NewDisposeScope();
        var path = _folder.File("a.safetensors");
        TensorFile.Write(path, new Dictionary<string, Tensor> { ["w"] = randn(8, 8) }, new Dictionary<string, string>());
        var bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "nothing": bytes = []; break;
            case "half": bytes = bytes[..(bytes.Length / 2)]; break;
            case "a longer header than the file": bytes[3] = 0x7f; break;
            default: bytes = bytes[..^4]; break;
        }
        File.WriteAllBytes(path, bytes);
        Assert.Throws<InvalidDataException>(() => TensorFile.Read(path));
    }
}
