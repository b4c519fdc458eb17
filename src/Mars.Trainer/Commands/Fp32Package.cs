using System.CommandLine;
using Mars.Inference.Models;

namespace Mars.Trainer.Commands;

/// <summary>PACKAGE: one network in floats, of which a command makes another package beside it.</summary>
internal static class Fp32Package
{
    public static readonly Argument<string> Argument = new("PACKAGE") { Description = "Folder of an fp32 package that export or import wrote, as models/mars/1." };

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">It is an ensemble, or in less than floats.</exception>
    public static ModelPackage Load(ParseResult arguments)
    {
        var package = ModelPackage.Load(arguments.GetRequiredValue(Argument));
        var manifest = package.Manifest;
        if (manifest.Members.Count > 0 || manifest.Precision != "fp32")
            throw new InvalidDataException($"{package.Folder} is {(manifest.Members.Count > 0 ? "an ensemble: give one of its members" : $"in {manifest.Precision}: give the fp32 package")}");
        return package;
    }

    /// <summary>The folder of all packages, in which there is room for another.</summary>
    /// <param name="package">That was read.</param>
    /// <param name="name">Of the other.</param>
    /// <param name="version">Of the other.</param>
    /// <exception cref="InvalidDataException">It exists already: known before anything is computed.</exception>
    public static string Models(ModelPackage package, string name, string version)
    {
        var models = Path.GetFullPath(Path.Combine(package.Folder, "..", ".."));
        var target = Path.Combine(models, name, version);
        return Directory.Exists(target) ? throw new InvalidDataException($"{target} exists already: give another --model-version or remove it") : models;
    }
}
