namespace Mars.Docs.Reference;

/// <summary>The settings of one options class.</summary>
/// <param name="Name">Its section.</param>
/// <param name="Summary">The class's comment.</param>
/// <param name="Entries">Its settings.</param>
internal sealed record OptionSection(string Name, string Summary, IReadOnlyList<OptionEntry> Entries);
