using System.ComponentModel.DataAnnotations;
using Mars.Inference.Postprocessing;

namespace Mars.Server.Configuration;

/// <summary>Mars:Streams:Events: events of cameras that ask for none; watchers and sinks get them, the camera itself does not.</summary>
public sealed class EventDefaults : IValidatableObject
{
    /// <summary>False: such cameras have no events.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Smoothed score at which an action starts.</summary>
    [Range(0.01, 1)]
    public double EnterScore { get; set; } = 0.6;

    /// <summary>Smoothed score below which it ends, at most EnterScore.</summary>
    [Range(0, 1)]
    public double ExitScore { get; set; } = 0.4;

    /// <summary>Seconds that the score must have stood at EnterScore before the start is told.</summary>
    [Range(0, 3600)]
    public double MinDurationSeconds { get; set; }

    /// <summary>Seconds that the score must stay low before the end is told.</summary>
    [Range(0, 3600)]
    public double EndDelaySeconds { get; set; }

    /// <summary>Weight of the past in the moving average, at least 0 and below 1.</summary>
    [Range(0, 0.999)]
    public double Smoothing { get; set; } = 0.5;

    /// <summary>Only these; none means all. A label that a model does not have makes no events.</summary>
    public List<string> Labels { get; set; } = [];

    /// <summary>What attributes cannot say.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ExitScore > EnterScore)
            yield return new ValidationResult("ExitScore must be at most EnterScore", [nameof(ExitScore)]);
    }

    internal EventSettings? ToSettings() => !Enabled ? null : new EventSettings
    {
        EnterScore = EnterScore,
        ExitScore = ExitScore,
        MinDuration = TimeSpan.FromSeconds(MinDurationSeconds),
        EndDelay = TimeSpan.FromSeconds(EndDelaySeconds),
        Smoothing = Smoothing,
    };
}
