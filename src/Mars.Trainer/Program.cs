using System.CommandLine;
using Mars.Trainer.Commands;

var root = new RootCommand("Trains the networks of MARS: from videos to a model package.")
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
    QuantizeCommand.Create(),
    BenchCommand.Create(),
    BenchCommand.CreateHelper(),
};
return await CommandRunner.InvokeAsync(root, args);
