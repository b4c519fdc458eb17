using System.Reflection;

namespace Mars.Architecture.Tests;

/// <summary>Who may name whom: Trainer -> Inference &lt;- Server; the client speaks to the server through protos/ alone; the renderer needs OpenCV alone.</summary>
public sealed class DependencyTests
{
    private static readonly string[] Projects = ["Mars.Inference", "Mars.Server", "Mars.Client", "Mars.Client.Sdk", "Mars.Synthesis", "Mars.Trainer"];

    [Theory]
    [InlineData("Mars.Inference", "")]
    [InlineData("Mars.Server", "Mars.Inference")]
    [InlineData("Mars.Client", "Mars.Client.Sdk Mars.Synthesis")]
    [InlineData("Mars.Client.Sdk", "")]
    [InlineData("Mars.Synthesis", "")]
    [InlineData("Mars.Trainer", "Mars.Inference Mars.Synthesis")]
    public void Project_References_OnlyTheseOfOurs(string project, string allowed) =>
        Assert.Empty(References(project).Where(Projects.Contains).Except(allowed.Split(' ')));

    [Theory]
    [InlineData("Mars.Inference", "Grpc.")]
    [InlineData("Mars.Inference", "Google.Protobuf")]
    [InlineData("Mars.Inference", "Microsoft.AspNetCore")]
    [InlineData("Mars.Inference", "TorchSharp")]
    [InlineData("Mars.Server", "TorchSharp")]
    [InlineData("Mars.Server", "Microsoft.ML.OnnxRuntime")]
    [InlineData("Mars.Trainer", "Microsoft.ML.OnnxRuntime")]
    [InlineData("Mars.Trainer", "Grpc.")]
    [InlineData("Mars.Client", "Microsoft.ML.OnnxRuntime")]
    [InlineData("Mars.Client", "TorchSharp")]
    [InlineData("Mars.Client", "Microsoft.AspNetCore")]
    [InlineData("Mars.Client.Sdk", "OpenCvSharp")]
    [InlineData("Mars.Client.Sdk", "Spectre")]
    [InlineData("Mars.Client.Sdk", "System.CommandLine")]
    [InlineData("Mars.Client.Sdk", "Microsoft.AspNetCore")]
    [InlineData("Mars.Synthesis", "Google.Protobuf")]
    [InlineData("Mars.Synthesis", "Grpc.")]
    [InlineData("Mars.Synthesis", "TorchSharp")]
    public void Project_NeverReferences(string project, string prefix) =>
        Assert.DoesNotContain(References(project), name => name.StartsWith(prefix, StringComparison.Ordinal));

    // Guards the two tests above against names that nothing could ever match.
    [Theory]
    [InlineData("Mars.Inference", "Microsoft.ML.OnnxRuntime")]
    [InlineData("Mars.Server", "Microsoft.AspNetCore")]
    [InlineData("Mars.Server", "Grpc.")]
    [InlineData("Mars.Server", "Google.Protobuf")]
    [InlineData("Mars.Trainer", "TorchSharp")]
    public void Project_References(string project, string prefix) =>
        Assert.Contains(References(project), name => name.StartsWith(prefix, StringComparison.Ordinal));

    private static string[] References(string project) => [.. Assembly.Load(project).GetReferencedAssemblies().Select(a => a.Name!)];
}
