using System.CommandLine;
using Mars.Trainer.Export;

namespace Mars.Trainer.Commands;

/// <summary>--stem-reuse: a package that holds its stem and trunk apart too.</summary>
internal static class StemReuseOption
{
    public static readonly Option<bool> Option = CommonOptions.Flag(
        "--stem-reuse",
        $"Write the stem and the trunk apart too: a server on a CPU then keeps what the stem made of a camera's frames for its next window, where that comes {StemParts.StridesInWords} frames later. The answers are the same.");

    /// <summary>The files, if they were asked for.</summary>
    public static PartFiles Build(ParseResult arguments, Func<StemParts> parts) => new(arguments.GetValue(Option) ? parts() : null);

    /// <summary>Files that lie in a temporary folder until they are in a package.</summary>
    internal sealed class PartFiles : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mars-parts-");

        public PartFiles(StemParts? parts)
        {
            Files = parts?.Write(_folder.FullName, StemParts.Strides) ?? [];
            if (parts is not null)
                Console.WriteLine($"stem and trunk apart, for windows {StemParts.StridesInWords} frames after one another");
        }

        public IReadOnlyList<string> Files { get; }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
