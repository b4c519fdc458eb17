namespace Mars.Trainer.Training;

/// <summary>How a network is trained. Defaults are the authors'.</summary>
internal sealed record FitOptions
{
    public int Epochs { get; init; } = 400;

    /// <summary>First epochs with crops of <see cref="SmallSize"/> pixels: the network has no layer that knows the size, and most of what it learns at half the cost stays
    /// (as in multigrid training, Wu et al., CVPR 2020).</summary>
    public int SmallEpochs { get; init; }

    public const int SmallSize = 80;

    public int BatchSize { get; init; } = 32;

    public double LearningRate { get; init; } = 0.1;

    public double Momentum { get; init; } = 0.9;

    public double Dampening { get; init; } = 0.9;

    public double WeightDecay { get; init; } = 1e-3;

    /// <summary>plateau (the authors') or cosine.</summary>
    public string Schedule { get; init; } = "plateau";

    /// <summary>Epochs without a better validation loss before the plateau schedule lowers the rate.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>Epochs over which the rate grows from nothing; 0 with the authors.</summary>
    public double WarmUp { get; init; }

    /// <summary>Passes over the training videos in one epoch: small sets need fewer validations than epochs of one pass would make.</summary>
    public int ClipsPerVideo { get; init; } = 1;

    public int Seed { get; init; } = 1;

    /// <summary>Threads that decode and crop clips beside the network's.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Where the network runs: cpu or cuda:0.</summary>
    public string Device { get; init; } = "cpu";

    public ILearningRateSchedule CreateSchedule() =>
        new WarmUp(Schedule == "cosine" ? new CosineSchedule(LearningRate, Epochs) : new PlateauSchedule(LearningRate, Patience), WarmUp);
}
