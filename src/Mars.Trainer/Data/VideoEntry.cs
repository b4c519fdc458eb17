namespace Mars.Trainer.Data;

/// <summary>One video of a data set whose frames have been extracted.</summary>
/// <param name="Video">Its folder below the data set's: label/name, with frames 00001.jpg and so on.</param>
/// <param name="Label">Name of its class.</param>
/// <param name="Group">Videos of one group come from one source and are never parted between training and validation. Empty: it is alone.</param>
/// <param name="Fold">The fold it is tested in; null where the data set has no folds.</param>
/// <param name="Frames">Extracted frames, at 25 a second.</param>
internal sealed record VideoEntry(string Video, string Label, string Group, int? Fold, int Frames)
{
    /// <summary>What must stay together: the group, or the video alone.</summary>
    public string Source => Group.Length > 0 ? Group : Video;
}
