namespace Mars.Trainer.Tests;

/// <summary>The tests of this class compute for seconds in libtorch: all cores are worth it.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class LargeNetworksAttribute : Attribute;
