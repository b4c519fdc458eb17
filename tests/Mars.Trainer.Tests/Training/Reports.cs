using Mars.Trainer.Training;

namespace Mars.Trainer.Tests.Training;

/// <summary>Keeps what a training says.</summary>
internal sealed class Reports : IFitProgress
{
    public List<EpochReport> All { get; } = [];

    public Action<int> OnBatch { get; init; } = _ => { };

    public void BatchDone(int epoch, int batch, int batches, double loss) => OnBatch(epoch);

    public void EpochDone(EpochReport report) => All.Add(report);

    public List<string> Notes { get; } = [];

    public void Note(string text) => Notes.Add(text);
}
