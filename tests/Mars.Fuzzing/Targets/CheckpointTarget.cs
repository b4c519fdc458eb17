using Mars.Trainer.Checkpoints;
using Mars.Trainer.Tests.Checkpoints;
using static TorchSharp.torch;

namespace Mars.Fuzzing.Targets;

/// <summary>A checkpoint of PyTorch, in both containers.</summary>
internal sealed class CheckpointTarget : IFuzzTarget
{
    public IReadOnlyList<byte[]> Samples { get; } =
    [
        TinyCheckpoint.Legacy(("module.conv1.weight", [2, 3], [1, 2, 3, 4, 5, 6]), ("module.fc.bias", [2], [-1, 0.5f])),
        TinyCheckpoint.Zip(("module.conv1.weight", [2, 3], [1, 2, 3, 4, 5, 6]), ("module.fc.bias", [2], [-1, 0.5f])),
    ];

    public bool Refuses(byte[] input)
    {
        using var scope = NewDisposeScope();
        try
        {
            TorchCheckpoint.Read(new MemoryStream(input), "file.pth");
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
