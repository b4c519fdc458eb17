namespace Mars.Trainer.Pickle;

/// <summary>A name of Python's. It is never looked up.</summary>
internal sealed record PickleGlobal(string Name);
