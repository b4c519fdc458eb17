using Mars.Trainer.Evaluation;

namespace Mars.Trainer.Reporting;

/// <summary>A trained stream of an experiment and what it says of the test videos.</summary>
/// <param name="Name">Of its folder: rgb, flow, mers, mars, mars-alpha5, mars-at-layer4 ...</param>
/// <param name="Moving">The videos as they are.</param>
/// <param name="Static">Each clip as its middle frame; null where it was not asked for.</param>
internal sealed record StreamRun(string Name, VideoScores Moving, VideoScores? Static);
