using Mars.Deploy.Tests.Support;
using Mars.Trainer.Commands;

namespace Mars.Deploy.Tests.Kubernetes;

/// <summary>The shell line of the indexed Job, run by a real shell with a stand-in for dotnet that prints what it is given.</summary>
public sealed class PrepareJobTests
{
    [Fact]
    public async Task Pods_TakeEveryShardOnce()
    {
        using var folder = new Temporary();
        var stub = Path.Combine(folder.Folder, "dotnet");
        await File.WriteAllTextAsync(stub, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n", TestContext.Current.CancellationToken);
        await Shell.RunAsync("/", null, "chmod", "+x", stub);
        var job = ChartTests.Render("everything").Of("Job", "mars-prepare");
        var container = job.At("spec.template.spec.containers.0");
        var pods = int.Parse(job.Text("spec.completions"));
        var shards = new List<string>();
        for (var index = 0; index < pods; index++)
        {
            var environment = new Dictionary<string, string> { ["PATH"] = $"{folder.Folder}:/usr/bin:/bin", ["JOB_COMPLETION_INDEX"] = $"{index}" };
            var (exit, output, error) = await Shell.RunAsync(folder.Folder, environment, [.. container.List("command").Select(c => $"{c}"), container.Text("args.0")]);
            Assert.True(exit == 0, error);
            var words = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal("/app/Mars.Trainer.dll", words[0]);
            var parsed = CommandTree.Create().Parse(words[1..]);
            Assert.Empty(parsed.Errors);
            Assert.Equal("prepare", parsed.CommandResult.Command.Name);
            shards.Add(words[Array.IndexOf(words, "--shard") + 1]);
        }

        Assert.Equal("Indexed", job.Text("spec.completionMode"));
        Assert.Equal(Enumerable.Range(1, pods).Select(i => $"{i}/{pods}"), shards);
    }
}
