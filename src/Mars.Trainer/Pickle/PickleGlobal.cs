namespace Mars.Trainer.Pickle;

/// <summary>A name of Python's, or a value that was made by it and is passed over. It is never looked up.</summary>
internal sealed record PickleGlobal(string Name);
