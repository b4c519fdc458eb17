using Mars.Inference.Batching;
using Mars.Inference.Sessions;

namespace Mars.Inference.Models;

/// <summary>A package that is loaded, warm, and answers windows.</summary>
public sealed class ServedModel : IDisposable
{
    internal ServedModel(ModelPackage package, ExecutionProvider provider, WindowScheduler scheduler)
    {
        Package = package;
        Provider = provider;
        Scheduler = scheduler;
    }

    public ModelPackage Package { get; }

    /// <summary>What really runs it.</summary>
    public ExecutionProvider Provider { get; }

    /// <summary>Where its windows go.</summary>
    public WindowScheduler Scheduler { get; }

    public void Dispose() => Scheduler.Dispose();
}
