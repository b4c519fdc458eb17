using Mars.Trainer.Checkpoints;

namespace Mars.Trainer.Commands;

/// <summary>Knows a teacher from which little can be learnt: others found MARS worse than RGB where flow was much worse than RGB.</summary>
internal static class WeakTeacher
{
    private const double Much = 0.1;

    /// <summary>What to say of a teacher that a network of pictures leaves far behind; null of others, and where there is no teacher or nothing to compare it with.</summary>
    /// <param name="whose">Names that network.</param>
    /// <param name="accuracy">Part of the validation videos that it recognises.</param>
    /// <param name="teacher">Part that the teacher recognises.</param>
    public static string? Warning(string whose, double? accuracy, double? teacher) => accuracy < teacher + Much || accuracy is null || teacher is null
        ? null
        : $"warning: {whose} is at {accuracy:P0} and the teacher at {teacher:P0}: a weak teacher makes MARS worse than RGB. Train the flow stream longer or on more data, or lower --alpha.";

    /// <summary>What the RGB stream beside a run, in the folder that report takes too, makes of the same classes; null if there is none.</summary>
    /// <param name="run">Folder of the student's run.</param>
    /// <param name="labels">Names of its classes.</param>
    public static double? RgbBeside(string run, IReadOnlyList<string> labels)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(run)))!, "rgb", Checkpoint.LastName);
        if (!File.Exists(path))
            return null;
        var state = Checkpoint.ReadState(path);
        return state.Stream == "rgb" && state.Labels.SequenceEqual(labels) && state.Metrics.TryGetValue("validation_video_accuracy", out var accuracy) ? accuracy : null;
    }
}
