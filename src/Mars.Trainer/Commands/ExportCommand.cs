using System.CommandLine;

namespace Mars.Trainer.Commands;

/// <summary>export: a model package.</summary>
internal static class ExportCommand
{
    public static Command Create() => new("export", "Write a trained network as a model package.");
}
