using System.Diagnostics.Metrics;
using Mars.Inference.Diagnostics;
using Mars.Inference.Models;
using Mars.Inference.Serving;

namespace Mars.Trainer.Tests;

/// <summary>Opens a package as the server does.</summary>
internal static class PackageOpener
{
    public static ServedModel Open(ModelPackage package)
    {
        using var meters = new Meters();
        return new ModelOpener(new ServingOptions { Folder = package.Folder }, new InferenceMetrics(meters), TimeProvider.System, e => throw e).Open(package);
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
            // The meters go with their models.
        }
    }
}
