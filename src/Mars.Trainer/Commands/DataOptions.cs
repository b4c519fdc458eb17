using System.CommandLine;
using System.Globalization;
using Mars.Trainer.Checkpoints;
using Mars.Trainer.Data;
using Mars.Trainer.Data.Layouts;

namespace Mars.Trainer.Commands;

/// <summary>The options that say which videos to train and to test on.</summary>
internal static class DataOptions
{
    public static Option<string> Data { get; } = CommonOptions.Required<string>("--data", "FRAMES", "Folder that prepare has filled, or the authors' extracted frames (frame_dir).");

    public static Option<string> DataSet { get; } = CommonOptions.WithDefault(
        "--dataset", "NAME", $"How --data is laid out (dataset): {string.Join(", ", DataSetLayout.Names)}. folders is what prepare leaves.", DataSetLayout.Names[0]);

    public static Option<string> Annotations { get; } =
        CommonOptions.Optional<string>("--annotations", "DIR", "Folder of the data set's label files (annotation_path); not for folders.", "none");

    public static Option<int> Split { get; } = CommonOptions.WithDefault("--split", "N", "Which of the three splits of HMDB51 or UCF101 (split).", 1);

    /// <summary>Adds all of them.</summary>
    public static void AddDataOptions(this Command command)
    {
        DataSet.AcceptOnlyFromAmong([.. DataSetLayout.Names]);
        command.AddAll(Data, DataSet, Annotations, Split);
    }

    /// <summary>Videos to train on: all that are not in the tested fold, or the data set's own training list.</summary>
    public static FrameSet Training(ParseResult arguments, int? testFold)
    {
        var (training, _) = Load(arguments);
        if (training.Videos.Count == 0)
            throw new InvalidDataException($"{training.Folder} holds no extracted video of those that {arguments.GetValue(Annotations)} lists for training");
        if (testFold is not { } fold)
            return training;
        CheckFold(training, fold);
        return training.Where(v => v.Fold != fold);
    }

    /// <summary>Videos to test on, with their classes in the order of a network's logits: one fold, the data set's own test list, or all.</summary>
    public static FrameSet Test(ParseResult arguments, int? fold, IReadOnlyList<string> labels)
    {
        if (arguments.GetRequiredValue(DataSet) == DataSetLayout.Names[0])
            return Test(arguments.GetRequiredValue(Data), fold, labels);
        if (fold is not null)
            throw new ArgumentException($"--fold is a fold of a videos.csv, which {arguments.GetRequiredValue(DataSet)} has not: its own test list is taken");
        return Test(arguments).WithLabels(labels);
    }

    /// <summary>Videos to test on: the data set's own test list, or all.</summary>
    public static FrameSet Test(ParseResult arguments)
    {
        if (arguments.GetRequiredValue(DataSet) == DataSetLayout.Names[0])
            return FrameSet.Load(arguments.GetRequiredValue(Data));
        var test = Load(arguments).Test;
        return test.Videos.Count > 0 ? test : throw new InvalidDataException($"{test.Folder} holds no extracted video of those that {arguments.GetValue(Annotations)} lists for testing");
    }

    /// <summary>A folder that prepare has filled, or a fold of it, to test on.</summary>
    public static FrameSet Test(string folder, int? fold, IReadOnlyList<string> labels)
    {
        var set = FrameSet.Load(folder).WithLabels(labels);
        if (fold is null)
            return set;
        CheckFold(set, fold.Value);
        return set.Where(v => v.Fold == fold);
    }

    /// <summary>Whether a network learnt from videos that these options test it on, or may have: its own fold is what it is tested on where it left one out.</summary>
    public static bool LearntFrom(ParseResult arguments, RunState state, FrameSet tested)
    {
        if (arguments.GetRequiredValue(DataSet) == DataSetLayout.Names[0])
            return state.LearntFrom(tested.Folder, int.TryParse(state.Options.GetValueOrDefault("--test-fold"), CultureInfo.InvariantCulture, out var fold) ? fold : null);
        return state.LearntFrom(tested.Folder, null) && (state.Options.GetValueOrDefault("--dataset") != arguments.GetRequiredValue(DataSet) || state.Options.GetValueOrDefault("--split") != $"{arguments.GetValue(Split)}");
    }

    private static (FrameSet Training, FrameSet Test) Load(ParseResult arguments) => DataSetLayout.Load(
        arguments.GetRequiredValue(DataSet), arguments.GetRequiredValue(Data), arguments.GetValue(Annotations), arguments.GetValue(Split));

    private static void CheckFold(FrameSet set, int fold)
    {
        var folds = set.Videos.Select(v => v.Fold).OfType<int>().Distinct().Order().ToList();
        if (!folds.Contains(fold))
            throw new ArgumentException($"no video of {set.Folder} is in fold {fold}: its videos.csv has {(folds.Count == 0 ? "no column fold" : $"the folds {string.Join(", ", folds)}")}");
    }
}
