using System.CommandLine;
using System.CommandLine.Parsing;
using Mars.Inference.Threads;
using Mars.Trainer.Commands;
using TorchSharp;

namespace Mars.Trainer.Tests.Commands;

public class CommandTreeTests
{
    // The options of the authors' code (opts.py) and what they are called here. Left out are those that nothing is left to say by: input_channels and n_classes follow
    // from the stream and the data, begin_epoch, MARS_resume_path and checkpoint from going on by itself after every epoch, model and optimizer have one choice.
    private static readonly (string Theirs, string Command, string Ours)[] Names =
    [
        ("frame_dir", "fit", "--data"), ("annotation_path", "fit", "--annotations"), ("dataset", "fit", "--dataset"), ("split", "fit", "--split"), ("modality", "fit", "--stream"),
        ("only_RGB", "prepare", "--only-rgb"), ("output_layers", "fit", "--distill-at"), ("model_depth", "fit", "--depth"), ("resnet_shortcut", "fit", "--shortcut"),
        ("resnext_cardinality", "fit", "--cardinality"), ("ft_begin_index", "fit", "--finetune-from"), ("sample_size", "fit", "--sample-size"),
        ("sample_duration", "fit", "--frames"), ("sample_duration", "import", "--frames"), ("batch_size", "fit", "--batch-size"), ("batch_size", "evaluate", "--batch-size"),
        ("n_workers", "fit", "--workers"), ("learning_rate", "fit", "--lr"), ("momentum", "fit", "--momentum"), ("dampening", "fit", "--dampening"),
        ("weight_decay", "fit", "--weight-decay"), ("nesterov", "fit", "--nesterov"), ("lr_patience", "fit", "--patience"), ("MARS_alpha", "fit", "--alpha"),
        ("n_epochs", "fit", "--epochs"), ("result_path", "fit", "--run"), ("pretrain_path", "fit", "--pretrained"), ("resume_path1", "fit", "--teacher"),
        ("resume_path1", "evaluate", "--streams"), ("manual_seed", "fit", "--seed"),
    ];

    [Fact]
    public void Help_OfEveryOption_ExplainsItAndItsDefault()
    {
        var commands = All(CommandTree.Create()).Where(c => !c.Hidden).ToList();
        Assert.True(commands.Count >= 13, string.Join(", ", commands.Select(c => c.Name)));
        foreach (var command in commands)
        {
            Assert.True(command.Description?.Length > 20, command.Name);
            foreach (var option in command.Options.Where(o => o.Name is not "--help" and not "--version"))
            {
                var what = $"{command.Name} {option.Name}";
                Assert.True(option.Description?.Length > 10, what);
                Assert.True(option.Required || option.HasDefaultValue || option.Description!.Contains("[default: ", StringComparison.Ordinal), what);
            }
            Assert.All(command.Arguments, a => Assert.True(a.Description?.Length > 20, a.Name));
        }
    }

    [Fact]
    public void Help_OfTheAuthorsOptions_GivesTheirNames()
    {
        var root = CommandTree.Create();
        foreach (var (theirs, command, ours) in Names)
        {
            var option = root.Subcommands.Single(c => c.Name == command).Options.SingleOrDefault(o => o.Name == ours);
            Assert.True(option?.Description?.Contains(theirs, StringComparison.Ordinal) == true, $"{theirs}: {command} {ours}");
        }
    }

    [Theory]
    [InlineData("rgb", 32)]
    [InlineData("flow", 32)]
    [InlineData("mers", 16)]
    [InlineData("mars", 16)]
    public void Fit_WithoutOptions_IsThePapers(string stream, int batch)
    {
        var arguments = Parse($"fit --stream {stream} --data x --run y");
        var options = FitArguments.Options(arguments);
        Assert.Equal((400, 0.1, 0.9, 0.9, 1e-3, batch), (options.Epochs, options.LearningRate, options.Momentum, options.Dampening, options.WeightDecay, options.BatchSize));
        Assert.Equal(("plateau", 10, 5, 1, 0.0, 0), (options.Schedule, options.Patience, options.CropScales, options.ClipsPerVideo, options.WarmUp, options.SmallEpochs));
        Assert.Equal((null, false, false, 1), (options.FinetuneFrom, options.Nesterov, options.BFloat16, options.Accumulate));
        Assert.Equal((50.0, "avgpool", false), (arguments.GetValue(FitArguments.Alpha), arguments.GetValue(FitArguments.DistillAt), arguments.GetValue(FitArguments.Joint)));
        var shape = FitArguments.Shape(arguments, 400);
        Assert.Equal((101, 2048, 32, 16, 112, "B"), (shape.Depth, shape.Features, shape.Cardinality, shape.Frames, shape.Size, shape.Shortcut));
        Assert.Equal(stream == "flow" ? 2 : 3, shape.InputChannels);
    }

    [Fact]
    public void Fit_FromAPretrainedNetwork_HasTheAuthorsRates()
    {
        var options = FitArguments.Options(Parse("fit --data x --run y --pretrained z --finetune-from layer4"));
        Assert.Equal((1e-3, 1e-5, "layer4"), (options.LearningRate, options.WeightDecay, options.FinetuneFrom));
        Assert.Equal((0.5, 0.25), (FitArguments.Options(Parse("fit --data x --run y --pretrained z --lr 0.5 --weight-decay 0.25")) is var o ? (o.LearningRate, o.WeightDecay) : default));
    }

    [Fact]
    public void Threads_WithoutTheOption_AreThoseThatTheProcessMayUseAndSayWhy()
    {
        var budget = CpuBudget.Current;
        Assert.Contains($"({budget.Reason})", NetworkThreads.Apply(Parse("fit --data x --run y")), StringComparison.Ordinal);
        Assert.Equal(budget.Threads, torch.get_num_threads());
        Assert.Equal("1 thread (--threads)", NetworkThreads.Apply(Parse("fit --data x --run y --threads 1")));
        Assert.Equal(1, torch.get_num_threads());
    }

    [Theory]
    [InlineData("fit --data x --run y --stream other")]
    [InlineData("fit --data x --run y --depth 18")]
    [InlineData("fit --data x")]
    [InlineData("fit --data x --run y --frames 20")]
    [InlineData("import x.pth --labels y --kind rgb --name z --frames 32")]
    [InlineData("export --run x --name y --precision int8")]
    public void Parse_OfWhatDoesNotExist_IsRefused(string line) => Assert.NotEmpty(CommandTree.Create().Parse(line).Errors);

    private static ParseResult Parse(string line) => CommandTree.Create().Parse([.. CommandLineParser.SplitCommandLine(line)]);

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
}
