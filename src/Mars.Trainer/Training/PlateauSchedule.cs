namespace Mars.Trainer.Training;

/// <summary>
/// The authors' schedule, PyTorch's ReduceLROnPlateau: the rate falls to a tenth when the validation loss has not improved (by more than a part in 10,000) for
/// more than <paramref name="patience"/> epochs.
/// </summary>
internal sealed class PlateauSchedule(double rate, int patience, double factor = 0.1) : ILearningRateSchedule
{
    private const double Threshold = 1e-4;

    private double _rate = rate;
    private double _best = double.MaxValue;
    private int _bad;

    public double Rate(double epoch) => _rate;

    public void EpochEnded(double validationLoss, bool comparable = true)
    {
        if (!comparable || validationLoss < _best * (1 - Threshold))
        {
            _best = validationLoss;
            _bad = 0;
            return;
        }
        _bad++;
        if (_bad <= patience)
            return;
        _rate *= factor;
        _bad = 0;
    }

    public IReadOnlyDictionary<string, double> Save() => new Dictionary<string, double> { ["rate"] = _rate, ["best"] = _best, ["bad"] = _bad };

    public void Restore(IReadOnlyDictionary<string, double> saved) => (_rate, _best, _bad) = (saved["rate"], saved["best"], (int)saved["bad"]);
}
