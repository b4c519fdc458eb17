using System.Text;
using Mars.TestSupport;
using Mars.Trainer.Checkpoints;
using static TorchSharp.torch;

namespace Mars.Trainer.Tests.Checkpoints;

/// <summary>What training scripts keep beside the weights: the best accuracy as a number of numpy, their arguments, curves.</summary>
public sealed class NumpyTests
{
    // Of Python 3.11 with numpy 1.24, protocols 2 and 3: {'best': np.float64(0.7), 'n': np.int64(3), 'f32': np.float32(.5), 'b': np.bool_(True), 'arr': np.arange(6.).reshape(2, 3),
    // 'args': argparse.Namespace(lr=0.1, depth=14), 'log': defaultdict(list), 'count': Counter([1, 1, 2]), 'acc': [np.float64(1), np.float64(2)], 's': {1, 2}}
    private const string Protocol2 =
        "gAJ9cQAoWAQAAABiZXN0cQFjbnVtcHkuY29yZS5tdWx0aWFycmF5CnNjYWxhcgpxAmNudW1weQpkdHlwZQpxA1gCAAAAZjhxBImIh3EFUnEGKEsDWAEAAAA8cQdOTk5K/////0r/////SwB0cQhiY19jb2RlY3MKZW5jb2RlCn" +
        "EJWAkAAABmZmZmZmbDpj9xClgGAAAAbGF0aW4xcQuGcQxScQ2GcQ5ScQ9YAQAAAG5xEGgCaANYAgAAAGk4cRGJiIdxElJxEyhLA2gHTk5OSv////9K/////0sAdHEUYmgJWAgAAAADAAAAAAAAAHEVaAuGcRZScReGcRhScRlY" +
        "AwAAAGYzMnEaaAJoA1gCAAAAZjRxG4mIh3EcUnEdKEsDaAdOTk5K/////0r/////SwB0cR5iaAlYBAAAAAAAAD9xH2gLhnEgUnEhhnEiUnEjWAEAAABicSRoAmgDWAIAAABiMXEliYiHcSZScScoSwNYAQAAAHxxKE5OTkr///" +
        "//Sv////9LAHRxKWJoCVgBAAAAAXEqaAuGcStScSyGcS1ScS5YAwAAAGFycnEvY251bXB5LmNvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcTBjbnVtcHkKbmRhcnJheQpxMUsAhXEyaAlYAQAAAGJxM2gLhnE0UnE1h3E2" +
        "UnE3KEsBSwJLA4ZxOGgGiWgJWDEAAAAAAAAAAAAAAAAAAAAAAMOwPwAAAAAAAABAAAAAAAAACEAAAAAAAAAQQAAAAAAAABRAcTloC4ZxOlJxO3RxPGJYBAAAAGFyZ3NxPWNhcmdwYXJzZQpOYW1lc3BhY2UKcT4pgXE/fXFAKF" +
        "gCAAAAbHJxQUc/uZmZmZmZmlgFAAAAZGVwdGhxQksOdWJYAwAAAGxvZ3FDY2NvbGxlY3Rpb25zCmRlZmF1bHRkaWN0CnFEY19fYnVpbHRpbl9fCmxpc3QKcUWFcUZScUdYBQAAAGNvdW50cUhjY29sbGVjdGlvbnMKQ291bnRl" +
        "cgpxSX1xSihLAUsCSwJLAXWFcUtScUxYAwAAAGFjY3FNXXFOKGgCaAZoCVgJAAAAAAAAAAAAw7A/cU9oC4ZxUFJxUYZxUlJxU2gCaAZoCVgIAAAAAAAAAAAAAEBxVGgLhnFVUnFWhnFXUnFYZVgBAAAAc3FZY19fYnVpbHRpbl" +
        "9fCnNldApxWl1xWyhLAUsCZYVxXFJxXXUu";

    private const string Protocol3 =
        "gAN9cQAoWAQAAABiZXN0cQFjbnVtcHkuY29yZS5tdWx0aWFycmF5CnNjYWxhcgpxAmNudW1weQpkdHlwZQpxA1gCAAAAZjhxBImIh3EFUnEGKEsDWAEAAAA8cQdOTk5K/////0r/////SwB0cQhiQwhmZmZmZmbmP3EJhnEKUn" +
        "ELWAEAAABucQxoAmgDWAIAAABpOHENiYiHcQ5ScQ8oSwNoB05OTkr/////Sv////9LAHRxEGJDCAMAAAAAAAAAcRGGcRJScRNYAwAAAGYzMnEUaAJoA1gCAAAAZjRxFYmIh3EWUnEXKEsDaAdOTk5K/////0r/////SwB0cRhi" +
        "QwQAAAA/cRmGcRpScRtYAQAAAGJxHGgCaANYAgAAAGIxcR2JiIdxHlJxHyhLA1gBAAAAfHEgTk5OSv////9K/////0sAdHEhYkMBAXEihnEjUnEkWAMAAABhcnJxJWNudW1weS5jb3JlLm11bHRpYXJyYXkKX3JlY29uc3RydW" +
        "N0CnEmY251bXB5Cm5kYXJyYXkKcSdLAIVxKEMBYnEph3EqUnErKEsBSwJLA4ZxLGgGiUMwAAAAAAAAAAAAAAAAAADwPwAAAAAAAABAAAAAAAAACEAAAAAAAAAQQAAAAAAAABRAcS10cS5iWAQAAABhcmdzcS9jYXJncGFyc2UK" +
        "TmFtZXNwYWNlCnEwKYFxMX1xMihYAgAAAGxycTNHP7mZmZmZmZpYBQAAAGRlcHRocTRLDnViWAMAAABsb2dxNWNjb2xsZWN0aW9ucwpkZWZhdWx0ZGljdApxNmNidWlsdGlucwpsaXN0CnE3hXE4UnE5WAUAAABjb3VudHE6Y2" +
        "NvbGxlY3Rpb25zCkNvdW50ZXIKcTt9cTwoSwFLAksCSwF1hXE9UnE+WAMAAABhY2NxP11xQChoAmgGQwgAAAAAAADwP3FBhnFCUnFDaAJoBkMIAAAAAAAAAEBxRIZxRVJxRmVYAQAAAHNxR2NidWlsdGlucwpzZXQKcUhdcUko" +
        "SwFLAmWFcUpScUt1Lg==";

    [Theory]
    [InlineData(Protocol2, false)]
    [InlineData(Protocol3, false)]
    [InlineData(Protocol2, true)] // numpy 2 has renamed its module
    public void Read_NumbersOfNumpyBesideTheWeights_ArePassedOver(string pickle, bool renamed)
    {
        using var scope = NewDisposeScope();
        var beside = Convert.FromBase64String(pickle);
        if (renamed)
            beside = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(beside).Replace("numpy.core.", "numpy._core.", StringComparison.Ordinal));
        var read = Read(beside);
        Assert.Equal([1, 2, 3, 4, 5, 6], Assert.Single(read).Value.data<float>().ToArray());
    }

    [Fact]
    public void Read_ACheckpointOfTheField_GivesItsWeights()
    {
        using var scope = NewDisposeScope();
        var read = TorchCheckpoint.Read(SharedData.Case("numpy_scalar.pth"));
        Assert.Equal(["fc.bias", "fc.weight"], read.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("numpy.core.multiarray", "numpy.core.evil")]
    [InlineData("argparse\nNamespace", "subprocess\nPopen")]
    [InlineData("_codecs\nencode", "builtins\neval")]
    public void Read_AnotherNameBesideTheWeights_IsRefusedWithAdviceThatFits(string known, string other)
    {
        var beside = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(Convert.FromBase64String(Protocol2)).Replace(known, other, StringComparison.Ordinal));
        var message = Assert.Throws<InvalidDataException>(() => Read(beside)).Message;
        Assert.Contains(other.Replace('\n', '.'), message, StringComparison.Ordinal);
        Assert.Contains("torch.save(c['state_dict'], NEW)", message, StringComparison.Ordinal);
    }

    private static Dictionary<string, Tensor> Read(byte[] beside) =>
        TorchCheckpoint.Read(new MemoryStream(TinyCheckpoint.Zip(beside, ("module.conv1.weight", [2, 3], [1, 2, 3, 4, 5, 6]))), "file.pth");
}
