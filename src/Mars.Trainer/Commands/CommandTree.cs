using System.CommandLine;

namespace Mars.Trainer.Commands;

/// <summary>Every command of the trainer.</summary>
internal static class CommandTree
{
    public static RootCommand Create() => new("Trains the networks of MARS: from videos to a model package.")
    {
        SynthesizeCommand.Create(),
        PrepareCommand.Create(),
        FitCommand.Create(),
        EvaluateCommand.Create(),
        ReportCommand.Create(),
        ExplainCommand.Create(),
        ExportCommand.Create(),
        EnsembleCommand.Create(),
        ImportCommand.Create(),
        LowerCommand.Create(),
        QuantizeCommand.Create(),
        BenchCommand.Create(),
        BenchCommand.CreateHelper(),
    };
}
