namespace Mars.Trainer.Training;

/// <summary>How a network is trained. Defaults are the authors'.</summary>
internal sealed record FitOptions
{
    public int Epochs { get; init; } = 400;

    /// <summary>Epochs of the second step of MERS, on the last layer alone.</summary>
    public int ClassifierEpochs { get; init; } = 10;

    /// <summary>First epochs with crops of <see cref="SmallSize"/> pixels: the network has no layer that knows the size, and most of what it learns at a third of the cost stays
    /// (as in multigrid training, Wu et al., CVPR 2020).</summary>
    public int SmallEpochs { get; init; }

    /// <summary>How many of the five crop scales are used, from the whole short side down to a half of it.</summary>
    public int CropScales { get; init; } = 5;

    public const int SmallSize = 64;

    /// <summary>Clips that make a step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Parts that a batch is cut into and whose gradients are added up, for networks whose batch does not fit into the memory. Batch norms see the parts.</summary>
    public int Accumulate { get; init; } = 1;

    public double LearningRate { get; init; } = 0.1;

    public double Momentum { get; init; } = 0.9;

    public double Dampening { get; init; } = 0.9;

    public double WeightDecay { get; init; } = 1e-3;

    /// <summary>Nesterov's momentum, which has no dampening.</summary>
    public bool Nesterov { get; init; }

    /// <summary>plateau (the authors') or cosine.</summary>
    public string Schedule { get; init; } = "plateau";

    /// <summary>Epochs without a better validation loss before the plateau schedule lowers the rate.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>Epochs over which the rate grows from nothing; 0 with the authors.</summary>
    public double WarmUp { get; init; }

    /// <summary>Passes over the training videos in one epoch: small sets need fewer validations than epochs of one pass would make.</summary>
    public int ClipsPerVideo { get; init; } = 1;

    public int Seed { get; init; } = 1;

    /// <summary>Ends the training when the validation loss has not improved for so many epochs; 0 is never.</summary>
    public int EarlyStop { get; init; }

    /// <summary>Only these layers and those after them learn (ft_begin_index): layer1 to layer4, or fc. Null: all.</summary>
    public string? FinetuneFrom { get; init; }

    /// <summary>Convolutions in bfloat16 instead of float32.</summary>
    public bool BFloat16 { get; init; }

    /// <summary>Threads that decode and crop clips beside the network's.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Where the network runs: cpu or cuda:0.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The schedule of a phase of so many epochs.</summary>
    public ILearningRateSchedule CreateSchedule(int epochs) =>
        new WarmUpSchedule(Schedule == "cosine" ? new CosineSchedule(LearningRate, epochs) : new PlateauSchedule(LearningRate, Patience), WarmUp);
}
