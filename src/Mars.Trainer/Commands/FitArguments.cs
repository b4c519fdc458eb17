using System.CommandLine;
using Mars.Trainer.Networks;
using Mars.Trainer.Training;

namespace Mars.Trainer.Commands;

/// <summary>The options of fit: names as people say them, the authors' in brackets, the authors' values as defaults.</summary>
internal static class FitArguments
{
    private static readonly FitOptions Default = new();

    // What the authors set when they go on from a pretrained network.
    private const double FinetuneRate = 1e-3, FinetuneDecay = 1e-5;

    private const int StudentBatch = 16;

    public static Option<string> ValidationData { get; } =
        CommonOptions.Optional<string>("--validation", "FRAMES", "Another such folder for the validation loss.", "a part of the training videos is set aside");

    public static Option<double> ValidationPart { get; } =
        CommonOptions.WithDefault("--validation-part", "PART", "Part of the training videos set aside for the validation loss, whole groups at a time.", 0.1);

    public static Option<int?> TestFold { get; } =
        CommonOptions.Optional<int?>("--test-fold", "FOLD", "Leave this fold of the data set, as its videos.csv numbers them, out of training and validation.", "none is left out");

    public static Option<string> Stream { get; } = CommonOptions.WithDefault(
        "--stream", "STREAM", "Which network (modality and script): rgb or flow, by cross-entropy on pictures or on optical flow; mers or mars, on pictures, from a flow stream.", "rgb");

    public static Option<string> TeacherPath { get; } =
        CommonOptions.Optional<string>("--teacher", "RUN", "The flow stream that mers and mars learn from (resume_path1): its run's folder, or an authors' .pth.", "none; mers and mars need one");

    public static Option<double> Alpha { get; } =
        CommonOptions.WithDefault("--alpha", "A", "Weight of the distance to the teacher (MARS_alpha): small tends to rgb, large to mers; the paper studies 5, 50, 100, 200.", 50.0);

    public static Option<string> DistillAt { get; } = CommonOptions.WithDefault(
        "--distill-at", "LAYER", "Where student and teacher are compared (output_layers): avgpool (the feature; the paper), layer4, layer3 or logits.", "avgpool");

    public static Option<bool> Joint { get; } =
        CommonOptions.Flag("--joint", "Train mers in one pass with two forwards a step, as the authors' code does, and not in the paper's two steps.");

    public static Option<int> ClassifierEpochs { get; } =
        CommonOptions.WithDefault("--classifier-epochs", "N", "Epochs of the second step of mers, in which the last layer alone learns.", Default.ClassifierEpochs);

    public static Option<string> Pretrained { get; } =
        CommonOptions.Optional<string>("--pretrained", "RUN", "First weights (pretrain_path): a run's folder, a checkpoint of ours, a model package's folder (as models/mars/1) or an authors' .pth. The last layer is drawn anew for other classes, and always with a .pth.", "all are drawn");

    public static Option<string> FinetuneFrom { get; } =
        CommonOptions.Optional<string>("--finetune-from", "LAYER", "Only this layer and later ones learn (ft_begin_index): layer1 to layer4 (the authors take layer4), or fc.", "all learn");

    public static Option<int> Depth { get; } = CommonOptions.WithDefault("--depth", "N", "Layers of the ResNeXt (model_depth): 14, 50, 101 (the paper) or 152.", 101);

    public static Option<string> Width { get; } =
        CommonOptions.WithDefault("--width", "WIDTH", "full (the paper: 64 channels after the stem, 2048 features), half or narrow (a quarter, for small machines).", "full");

    public static Option<int> Cardinality { get; } = CommonOptions.WithDefault("--cardinality", "N", "Groups of the 3x3x3 convolutions (resnext_cardinality).", 32);

    public static Option<string> Shortcut { get; } =
        CommonOptions.WithDefault("--shortcut", "KIND", "B projects where a block's shape changes (the paper), A adds channels of zeros (resnet_shortcut).", "B");

    public static Option<int> Frames { get; } = CommonOptions.WithDefault("--frames", "N", "Frames of a clip (sample_duration): 16 or 64.", 16);

    public static Option<int> SampleSize { get; } = CommonOptions.WithDefault("--sample-size", "PIXELS", "Height and width of a clip's frames (sample_size): 112 (the paper), or 96, 80, 64 or 48, which cost as much less as they have fewer pixels.", 112);

    public static Option<int> Epochs { get; } = CommonOptions.WithDefault("--epochs", "N", "Epochs in all (n_epochs); of mers the first step.", Default.Epochs);

    public static Option<int> SmallEpochs { get; } = CommonOptions.WithDefault(
        "--small-epochs", "N", $"Train the first N epochs on crops of {FitOptions.SmallSize} pixels, at a third of the time; the rest at --sample-size. 0 with the authors.", 0);

    public static Option<int> CropScales { get; } = CommonOptions.WithDefault(
        "--n-scales", "N", "Scales of the training crops: 5, with the authors, reach down to half the short side, where little of a whole person is left; 1 is the short side alone.", 5);

    public static Option<int> Passes { get; } =
        CommonOptions.WithDefault("--clips-per-video", "N", "Clips taken of each video in an epoch; 1 with the authors, more for small data sets.", Default.ClipsPerVideo);

    public static Option<double?> Rate { get; } =
        CommonOptions.Optional<double?>("--lr", "RATE", "Learning rate (learning_rate).", $"{Default.LearningRate}, and {FinetuneRate} with --pretrained");

    public static Option<double> Momentum { get; } = CommonOptions.WithDefault("--momentum", "M", "Momentum of SGD (momentum).", Default.Momentum);

    public static Option<double> Dampening { get; } = CommonOptions.WithDefault("--dampening", "D", "Dampening of SGD's momentum (dampening).", Default.Dampening);

    public static Option<bool> Nesterov { get; } = CommonOptions.Flag("--nesterov", "Nesterov's momentum, without dampening (nesterov).");

    public static Option<double?> Decay { get; } =
        CommonOptions.Optional<double?>("--weight-decay", "W", "Weight decay of SGD (weight_decay).", $"{Default.WeightDecay}, and {FinetuneDecay} with --pretrained");

    public static Option<string> Schedule { get; } =
        CommonOptions.WithDefault("--lr-schedule", "KIND", "plateau (the paper: a tenth when the validation loss stands still) or cosine (down to 0 over the epochs).", Default.Schedule);

    public static Option<int> Patience { get; } =
        CommonOptions.WithDefault("--patience", "N", "Epochs that the validation loss may stand still before the rate falls (lr_patience).", Default.Patience);

    public static Option<double> WarmUp { get; } = CommonOptions.WithDefault("--warmup", "EPOCHS", "Epochs over which the learning rate grows from 0.", Default.WarmUp);

    public static Option<int> EarlyStop { get; } =
        CommonOptions.WithDefault("--early-stop", "N", "End when the validation loss has not improved for N epochs; 0 is never, as with the authors.", Default.EarlyStop);

    public static Option<int?> BatchSize { get; } =
        CommonOptions.Optional<int?>("--batch-size", "N", "Clips in a step (batch_size).", $"{Default.BatchSize} for rgb and flow, {StudentBatch} for mers and mars");

    public static Option<int> Accumulate { get; } =
        CommonOptions.WithDefault("--accumulate", "N", "Compute a step in N parts whose gradients are added, for a batch that does not fit into the memory.", Default.Accumulate);

    public static Option<string> Precision { get; } =
        CommonOptions.WithDefault("--precision", "TYPE", "What convolutions compute in: fp32, or bf16 (half the memory; faster where the hardware has it).", "fp32");

    public static Option<int> Seed { get; } = CommonOptions.WithDefault("--seed", "N", "Fixes first weights, order, crops and flips (manual_seed).", Default.Seed);

    /// <summary>Adds all of them.</summary>
    public static void AddFitOptions(this Command command)
    {
        Stream.AcceptOnlyFromAmong("rgb", "flow", "mers", "mars");
        DistillAt.AcceptOnlyFromAmong("avgpool", "layer4", "layer3", "logits");
        FinetuneFrom.AcceptOnlyFromAmong("layer1", "layer2", "layer3", "layer4", "fc");
        Frames.AcceptOnlyFromAmong("16", "64");
        SampleSize.AcceptOnlyFromAmong("48", "64", "80", "96", "112");
        Depth.AcceptOnlyFromAmong("14", "50", "101", "152");
        Width.AcceptOnlyFromAmong("full", "half", "narrow");
        Shortcut.AcceptOnlyFromAmong("A", "B");
        Schedule.AcceptOnlyFromAmong("plateau", "cosine");
        Precision.AcceptOnlyFromAmong("fp32", "bf16");
        command.AddAll(ValidationData, ValidationPart, TestFold, Stream, TeacherPath, Alpha, DistillAt, Joint, ClassifierEpochs, Pretrained, FinetuneFrom);
        command.AddAll(Depth, Width, Cardinality, Shortcut, Frames, SampleSize, Epochs, SmallEpochs, CropScales, Passes);
        command.AddAll(Rate, Momentum, Dampening, Nesterov, Decay, Schedule, Patience, WarmUp, EarlyStop, BatchSize, Accumulate, Precision, Seed);
    }

    public static FitOptions Options(ParseResult arguments)
    {
        var pretrained = arguments.GetValue(Pretrained) is not null;
        if (arguments.GetValue(SmallEpochs) > 0 && arguments.GetValue(SampleSize) <= FitOptions.SmallSize)
            throw new ArgumentException($"--small-epochs trains on {FitOptions.SmallSize} pixels first, which --sample-size {arguments.GetValue(SampleSize)} is not more than: leave it out");
        return new FitOptions
        {
            Epochs = arguments.GetValue(Epochs),
            ClassifierEpochs = arguments.GetValue(ClassifierEpochs),
            SmallEpochs = arguments.GetValue(SmallEpochs),
            CropScales = Math.Clamp(arguments.GetValue(CropScales), 1, 5),
            BatchSize = arguments.GetValue(BatchSize) ?? (arguments.GetRequiredValue(Stream) is "mers" or "mars" ? StudentBatch : Default.BatchSize),
            Accumulate = Math.Max(1, arguments.GetValue(Accumulate)),
            LearningRate = arguments.GetValue(Rate) ?? (pretrained ? FinetuneRate : Default.LearningRate),
            Momentum = arguments.GetValue(Momentum),
            Dampening = arguments.GetValue(Dampening),
            Nesterov = arguments.GetValue(Nesterov),
            WeightDecay = arguments.GetValue(Decay) ?? (pretrained ? FinetuneDecay : Default.WeightDecay),
            Schedule = arguments.GetRequiredValue(Schedule),
            Patience = arguments.GetValue(Patience),
            WarmUp = arguments.GetValue(WarmUp),
            EarlyStop = arguments.GetValue(EarlyStop),
            FinetuneFrom = arguments.GetValue(FinetuneFrom),
            BFloat16 = arguments.GetRequiredValue(Precision) == "bf16",
            ClipsPerVideo = arguments.GetValue(Passes),
            Seed = arguments.GetValue(Seed),
            Workers = arguments.GetValue(CommonOptions.Workers),
            Device = arguments.GetRequiredValue(CommonOptions.Device),
        };
    }

    public static NetworkShape Shape(ParseResult arguments, int classes) => NetworkShape.Create(
        arguments.GetValue(Depth),
        arguments.GetRequiredValue(Width),
        classes,
        arguments.GetRequiredValue(Stream) == "flow" ? 2 : 3,
        arguments.GetValue(Frames),
        arguments.GetValue(Cardinality),
        arguments.GetRequiredValue(Shortcut)) with
    { Size = arguments.GetValue(SampleSize) };
}
