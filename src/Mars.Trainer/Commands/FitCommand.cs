using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Networks;
using Mars.Trainer.Training;
using TorchSharp;

namespace Mars.Trainer.Commands;

/// <summary>fit: from frames to checkpoints.</summary>
internal static class FitCommand
{
    private static readonly FitOptions Default = new();

    private static readonly Option<string> Data = CommonOptions.Required<string>("--data", "FRAMES", "Folder that prepare has filled.");
    private static readonly Option<string> ValidationData =
        CommonOptions.Optional<string>("--validation", "FRAMES", "Another such folder for the validation loss. Without it a part of the training videos is set aside.");
    private static readonly Option<double> ValidationPart =
        CommonOptions.WithDefault("--validation-part", "PART", "Part of the training videos set aside for the validation loss, whole groups at a time.", 0.1);
    private static readonly Option<int?> TestFold =
        CommonOptions.Optional<int?>("--test-fold", "FOLD", "Leave this fold of the data set, as its videos.csv numbers them, out of training and validation.");
    private static readonly Option<string> Stream =
        CommonOptions.WithDefault("--stream", "STREAM", "Kind of network. Here rgb: cross-entropy on RGB clips.", "rgb");
    private static readonly Option<int> Depth = CommonOptions.WithDefault("--depth", "N", "Layers of the ResNeXt (model_depth): 14, 50, 101 (the paper) or 152.", 101);
    private static readonly Option<string> Width =
        CommonOptions.WithDefault("--width", "WIDTH", "full (the paper: 64 channels after the stem, 2048 features), half or narrow (a quarter, for small machines).", "full");
    private static readonly Option<int> Cardinality = CommonOptions.WithDefault("--cardinality", "N", "Groups of the 3x3x3 convolutions (resnext_cardinality).", 32);
    private static readonly Option<int> Frames = CommonOptions.WithDefault("--frames", "N", "Frames of a clip (sample_duration): 16 or 64.", 16);
    private static readonly Option<int> Epochs = CommonOptions.WithDefault("--epochs", "N", "Epochs in all (n_epochs).", Default.Epochs);
    private static readonly Option<int> SmallEpochs = CommonOptions.WithDefault(
        "--small-epochs", "N", $"Train the first N epochs on crops of {FitOptions.SmallSize} pixels, at a third of the time; the rest at 112. 0 with the authors.", 0);
    private static readonly Option<int> CropScales = CommonOptions.WithDefault(
        "--n-scales", "N", "Scales of the training crops (n_scales): 5 reach down to half the short side, where little of a whole person is left; 1 is the short side alone.", 5);
    private static readonly Option<int> Passes =
        CommonOptions.WithDefault("--clips-per-video", "N", "Clips taken of each video in an epoch; 1 with the authors, more for small data sets.", Default.ClipsPerVideo);
    private static readonly Option<double> Rate = CommonOptions.WithDefault("--lr", "RATE", "Learning rate (learning_rate).", Default.LearningRate);
    private static readonly Option<double> Momentum = CommonOptions.WithDefault("--momentum", "M", "Momentum of SGD.", Default.Momentum);
    private static readonly Option<double> Dampening = CommonOptions.WithDefault("--dampening", "D", "Dampening of SGD's momentum.", Default.Dampening);
    private static readonly Option<double> Decay = CommonOptions.WithDefault("--weight-decay", "W", "Weight decay of SGD.", Default.WeightDecay);
    private static readonly Option<string> Schedule =
        CommonOptions.WithDefault("--lr-schedule", "KIND", "plateau (the paper: a tenth when the validation loss stands still) or cosine (down to 0 over the epochs).", Default.Schedule);
    private static readonly Option<int> Patience =
        CommonOptions.WithDefault("--patience", "N", "Epochs that the validation loss may stand still (lr_patience).", Default.Patience);
    private static readonly Option<double> WarmUp = CommonOptions.WithDefault("--warmup", "EPOCHS", "Epochs over which the learning rate grows from 0.", Default.WarmUp);
    private static readonly Option<int> Seed = CommonOptions.WithDefault("--seed", "N", "Fixes first weights, order, crops and flips.", Default.Seed);

    public static Command Create()
    {
        Stream.AcceptOnlyFromAmong("rgb");
        Depth.AcceptOnlyFromAmong("14", "50", "101", "152");
        Width.AcceptOnlyFromAmong("full", "half", "narrow");
        Schedule.AcceptOnlyFromAmong("plateau", "cosine");
        var command = new Command("fit", "Train a network. A run that was stopped or killed goes on after its last finished epoch when the same command is given again.");
        command.AddAll(Data, CommonOptions.Run, ValidationData, ValidationPart, TestFold, Stream, Depth, Width, Cardinality, Frames, Epochs, SmallEpochs, CropScales, Passes);
        command.AddAll(Rate, Momentum, Dampening, Decay, Schedule, Patience, WarmUp, CommonOptions.BatchSize, Seed);
        command.AddAll(CommonOptions.Device, CommonOptions.Threads, CommonOptions.Workers, CommonOptions.CacheMegabytes);
        command.SetWork(Fit);
        return command;
    }

    private static int Fit(ParseResult arguments, CancellationToken cancellation)
    {
        NativeHeap.KeepLargeBlocks();
        torch.set_num_threads(arguments.GetValue(CommonOptions.Threads));
        var run = arguments.GetRequiredValue(CommonOptions.Run);
        var fold = arguments.GetValue(TestFold);
        var set = FrameSet.Load(arguments.GetRequiredValue(Data));
        if (fold is { } tested)
        {
            TestSet.CheckFold(set, tested);
            set = set.Where(v => v.Fold != tested);
        }
        var (training, validation) = arguments.GetValue(ValidationData) is { } folder
            ? (set, FrameSet.Load(folder).WithLabels(set.Labels))
            : ValidationSplit.Make(set, arguments.GetValue(ValidationPart));

        var state = new RunState
        {
            Shape = NetworkShape.Create(
                arguments.GetValue(Depth), arguments.GetRequiredValue(Width), set.Labels.Count, 3, arguments.GetValue(Frames), arguments.GetValue(Cardinality)),
            Labels = set.Labels,
            Stream = arguments.GetRequiredValue(Stream),
            Epoch = 0,
            Schedule = new Dictionary<string, double>(),
            Options = arguments.CommandResult.Command.Options
                .Select(o => (o.Name, Value: Text(arguments.GetResult(o))))
                .Where(o => o.Value.Length > 0)
                .ToDictionary(o => o.Name, o => o.Value),
        };
        var cache = new FrameCache((long)arguments.GetValue(CommonOptions.CacheMegabytes) << 20);
        using var fitter = new Fitter(run, state, training, validation, cache, Options(arguments));
        Console.WriteLine($"{training.Videos.Count} training and {validation.Videos.Count} validation videos of {set.Labels.Count} classes, {ResumeText(fitter.Epoch)}");
        FitProgress.Show(progress => fitter.Run(progress, cancellation));
        return 0;
    }

    private static string ResumeText(int epoch) => epoch == 0 ? "from the beginning" : $"going on after epoch {epoch}";

    private static string Text(OptionResult? option) => Convert.ToString(option?.GetValueOrDefault<object>(), CultureInfo.InvariantCulture) ?? "";

    private static FitOptions Options(ParseResult arguments) => new()
    {
        Epochs = arguments.GetValue(Epochs),
        SmallEpochs = arguments.GetValue(SmallEpochs),
        CropScales = Math.Clamp(arguments.GetValue(CropScales), 1, 5),
        BatchSize = arguments.GetValue(CommonOptions.BatchSize),
        LearningRate = arguments.GetValue(Rate),
        Momentum = arguments.GetValue(Momentum),
        Dampening = arguments.GetValue(Dampening),
        WeightDecay = arguments.GetValue(Decay),
        Schedule = arguments.GetRequiredValue(Schedule),
        Patience = arguments.GetValue(Patience),
        WarmUp = arguments.GetValue(WarmUp),
        ClipsPerVideo = arguments.GetValue(Passes),
        Seed = arguments.GetValue(Seed),
        Workers = arguments.GetValue(CommonOptions.Workers),
        Device = arguments.GetRequiredValue(CommonOptions.Device),
    };
}
