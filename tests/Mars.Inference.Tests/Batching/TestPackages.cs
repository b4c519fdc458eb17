using Mars.Inference.Models;
using Mars.TestSupport;

namespace Mars.Inference.Tests.Batching;

/// <summary>A package for schedulers whose sessions are made by a test.</summary>
internal static class TestPackages
{
    public static ModelPackage Any { get; } = ModelRepository.Read(Path.Combine(SharedData.Root, "models"), out _)[0];
}
