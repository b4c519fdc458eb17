using Mars.Inference.Batching;
using Mars.Inference.Models;
using Mars.Inference.Sessions;

namespace Mars.Inference.Serving;

/// <summary>One version of a model that is loaded, warm, and answers windows.</summary>
public sealed class ServedModel : IDisposable
{
    internal ServedModel(ModelPackage package, ExecutionProvider provider, WindowScheduler scheduler)
    {
        Package = package;
        Provider = provider;
        Scheduler = scheduler;
    }

    public ModelPackage Package { get; }

    /// <summary>name/version.</summary>
    public string Key => Package.Key;

    /// <summary>What really runs it.</summary>
    public ExecutionProvider Provider { get; }

    /// <summary>It can say where it sees a class: <see cref="ModelMapper"/>.</summary>
    public bool HasActivationMaps { get; internal init; }

    /// <summary>Where its windows go.</summary>
    public WindowScheduler Scheduler { get; }

    /// <summary>A camera of the other's may go on here with the frames that it has.</summary>
    internal bool TakesTheSameClips(ServedModel other) =>
        Scheduler.Shape with { Classes = 0, Features = 0 } == (other.Scheduler.Shape with { Classes = 0, Features = 0 })
        && Package.Manifest.FrameRate.Equals(other.Package.Manifest.FrameRate);

    public void Dispose() => Scheduler.Dispose();
}
