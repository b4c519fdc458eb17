using Mars.Docs.Pictures;
using Mars.Docs.Reference;

namespace Mars.Docs;

/// <summary>The parts of docs/ that the program makes.</summary>
internal static class MadeDocuments
{
    /// <summary>Each one's path in the repository, and its text.</summary>
    public static IEnumerable<(string Path, string Text)> All(string root) =>
    [
        ("docs/configuration.md", ConfigurationReference.Write(OptionCatalog.Read())),
        ("docs/pictures/windows.svg", WindowsPicture.Draw()),
        ("docs/pictures/sampling.svg", SamplingPicture.Draw()),
        ("docs/pictures/modes.svg", ModesPicture.Draw(System.IO.Path.Combine(root, "models", "mars-synthetic", "2"))),
        ("docs/pictures/events.svg", EventsPicture.Draw()),
    ];
}
