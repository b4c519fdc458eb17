using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Mars.Inference.Buffers;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Evaluation;
using Mars.Trainer.Networks;
using Mars.Trainer.Objectives;
using Mars.Trainer.Training;
using TorchSharp;

namespace Mars.Trainer.Commands;

/// <summary>fit: from frames to checkpoints.</summary>
internal static class FitCommand
{
    public static Command Create()
    {
        var command = new Command("fit", "Train a network. A run that was stopped or killed goes on after its last finished epoch when the same command is given again.");
        command.AddDataOptions();
        command.Add(CommonOptions.Run);
        command.AddFitOptions();
        command.AddAll(CommonOptions.Device, CommonOptions.Threads, CommonOptions.Workers, CommonOptions.CacheMegabytes);
        command.SetWork(Fit);
        return command;
    }

    private static int Fit(ParseResult arguments, CancellationToken cancellation)
    {
        NativeHeap.KeepLargeBlocks();
        var threads = NetworkThreads.Apply(arguments);
        var options = FitArguments.Options(arguments);
        var set = DataOptions.Training(arguments, arguments.GetValue(FitArguments.TestFold));
        var (training, validation) = arguments.GetValue(FitArguments.ValidationData) is { } folder
            ? (set, FrameSet.Load(folder).WithLabels(set.Labels))
            : ValidationSplit.Make(set, arguments.GetValue(FitArguments.ValidationPart));
        var state = new RunState
        {
            Shape = FitArguments.Shape(arguments, set.Labels.Count),
            Labels = set.Labels,
            Stream = arguments.GetRequiredValue(FitArguments.Stream),
            Epoch = 0,
            Schedule = new Dictionary<string, double>(),
            Options = arguments.CommandResult.Command.Options
                .Select(o => (o.Name, Value: Text(arguments.GetResult(o))))
                .Where(o => o.Value.Length > 0)
                .ToDictionary(o => o.Name, o => o.Value),
        };

        var cache = new FrameCache((long)arguments.GetValue(CommonOptions.CacheMegabytes) << 20);
        var taught = LoadTeacher(arguments, state);
        using var teacher = taught is null ? null : AsTeacher(arguments, taught, state.Labels);
        var first = arguments.GetValue(FitArguments.Pretrained);
        using var pretrained = first is null ? null : InitialWeights.Load(first, state.Shape.Frames);
        if (pretrained is not null && InitialWeights.IsPackage(first!))
            PackageNetwork.Settle(pretrained.Network, training, cache, state.Shape.Size, options);
        var run = arguments.GetRequiredValue(CommonOptions.Run);
        using var fitter = new Fitter(
            run, state, Phases(state.Stream, arguments.GetValue(FitArguments.Joint), teacher, options), teacher, pretrained, training, validation, cache, options);
        Console.WriteLine($"{training.Videos.Count} training and {validation.Videos.Count} validation videos of {set.Labels.Count} classes, {ResumeText(fitter.Epoch)}; {threads}");
        double? teacherAccuracy = taught is not null && (taught.Knows(state.Labels) || (taught.Labels is null && taught.Network.Shape.Classes == state.Labels.Count)) ? Measure(teacher!, validation, cache, options, cancellation) : null;
        if (WeakTeacher.Warning("the RGB stream beside it", WeakTeacher.RgbBeside(run, state.Labels), teacherAccuracy) is { } warning)
            Console.WriteLine(warning);
        if (taught is not null && teacherAccuracy is null)
            Console.WriteLine("The teacher tells other classes apart, so its accuracy on these videos is not measured; its features are learnt from.");
        FitProgress.Show(run, teacherAccuracy, progress => fitter.Run(progress, cancellation));
        return 0;
    }

    private static List<FitPhase> Phases(string stream, bool joint, Teacher? teacher, FitOptions options)
    {
        IObjective objective = stream switch
        {
            "rgb" => new ClassificationObjective(Modality.Rgb),
            "flow" => new ClassificationObjective(Modality.Flow),
            "mars" => new MarsObjective(teacher!),
            _ when joint => new MersJointObjective(teacher!),
            _ => new MersFeatureObjective(teacher!),
        };
        var phase = new FitPhase(objective, 0, options.Epochs);
        return stream == "mers" && !joint ? [phase, new FitPhase(new MersClassifierObjective(), options.Epochs, options.ClassifierEpochs)] : [phase];
    }

    private static NamedNetwork? LoadTeacher(ParseResult arguments, RunState state)
    {
        if (state.Stream is "rgb" or "flow")
            return null;
        var path = arguments.GetValue(FitArguments.TeacherPath)
            ?? throw new ArgumentException($"--stream {state.Stream} learns from a flow stream: train one with --stream flow and give its run as --teacher RUN");
        return InitialWeights.Load(path, state.Shape.Frames);
    }

    private static Teacher AsTeacher(ParseResult arguments, NamedNetwork taught, IReadOnlyList<string> labels)
    {
        var point = Enum.Parse<DistillationPoint>(arguments.GetRequiredValue(FitArguments.DistillAt), ignoreCase: true);
        return point == DistillationPoint.Logits && taught.Labels is not null && !taught.Knows(labels)
            ? throw new ArgumentException("the teacher's logits are of other classes: leave out --distill-at logits, or train the teacher on the same --data")
            : new Teacher(taught.Network, arguments.GetValue(FitArguments.Alpha), point);
    }

    private static double Measure(Teacher teacher, FrameSet validation, FrameCache cache, FitOptions options, CancellationToken cancellation)
    {
        var evaluator = new VideoEvaluator(cache, options.BatchSize, options.Workers, torch.device(options.Device));
        var accuracy = WorkProgress.Show("clips of the teacher", report => evaluator.Run(teacher.Network, validation, new EvaluationOptions(), report, cancellation)).VideoAccuracy;
        Console.WriteLine($"The teacher recognises {accuracy:P1} of the validation videos by their flow.");
        return accuracy;
    }

    private static string ResumeText(int epoch) => epoch == 0 ? "from the beginning" : $"going on after epoch {epoch}";

    private static string Text(OptionResult? option) => option?.GetValueOrDefault<object>() switch
    {
        null or false => "",
        var value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
