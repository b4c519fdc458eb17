using Mars.Trainer.Evaluation;

namespace Mars.Trainer.Reporting;

/// <summary>A trained stream of an experiment and what it says of the test videos.</summary>
/// <param name="Name">Of its folder: rgb, flow, mers, mars, and others for studies of mars, such as mars-alpha5.</param>
/// <param name="Moving">The videos as they are.</param>
/// <param name="Static">Each clip as its middle frame; null where it was not asked for.</param>
/// <param name="Alpha">Weight of the distance to the teacher, of a mars.</param>
/// <param name="DistillAt">Where a mars is compared with its teacher.</param>
internal sealed record StreamRun(string Name, VideoScores Moving, VideoScores? Static, double Alpha = double.NaN, string DistillAt = "")
{
    /// <summary>The paper's row, or a study of it.</summary>
    public bool IsMars => !double.IsNaN(Alpha);
}
