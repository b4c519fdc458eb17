namespace Mars.Docs.Reference;

/// <summary>One setting.</summary>
/// <param name="Key">As in appsettings.json, with colons; NAME and 0 stand for what the user chooses.</param>
/// <param name="Type">In words.</param>
/// <param name="Range">What it may be; empty for anything.</param>
/// <param name="Default">What it is where nothing is said.</param>
/// <param name="Description">The property's comment.</param>
internal sealed record OptionEntry(string Key, string Type, string Range, string Default, string Description)
{
    /// <summary>The environment variable.</summary>
    public string Variable => Key.Replace(":", "__", StringComparison.Ordinal);
}
