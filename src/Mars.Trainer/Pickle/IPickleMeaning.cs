namespace Mars.Trainer.Pickle;

/// <summary>What the names and calls of a pickle mean. Each may refuse with an InvalidDataException.</summary>
internal interface IPickleMeaning
{
    /// <summary>The value for a global such as collections.OrderedDict.</summary>
    object Global(string name);

    /// <summary>The value for a persistent id.</summary>
    object Persistent(object?[] id);

    /// <summary>The result of calling what <see cref="Global"/> gave.</summary>
    object Call(object? callee, object?[] arguments);
}
