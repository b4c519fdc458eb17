using System.Reflection;
using TorchSharp;
using Xunit.v3;

[assembly: Mars.Trainer.Tests.Seeded]
[assembly: Parallelization(Mode = Xunit.Sdk.ParallelMode.None)] // libtorch has one random generator

namespace Mars.Trainer.Tests;

/// <summary>
/// Every test begins with the same random numbers, whichever ran before it, and with one thread of libtorch: for networks as small as the tests' a second one saves
/// nothing, and beside a busy neighbour the two wait for each other. Classes of large networks say so.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class SeededAttribute : BeforeAfterTestAttribute
{
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        torch.manual_seed(17);
        torch.set_num_threads(methodUnderTest.ReflectedType!.IsDefined(typeof(LargeNetworksAttribute), inherit: false) ? Environment.ProcessorCount : 1);
    }
}
