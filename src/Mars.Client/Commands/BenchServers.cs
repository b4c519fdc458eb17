using Mars.Client.Load;

namespace Mars.Client.Commands;

/// <summary>What the benches do with a server before they measure.</summary>
internal static class BenchServers
{
    /// <summary>Asks the server for its models: a wrong address or name is one clear line, and not a thousand failed cameras.</summary>
    /// <exception cref="ServerMissingException">Nothing listens there.</exception>
    /// <exception cref="MarsException">It has no such model.</exception>
    public static Task CheckAsync(LoadTarget server, string model, CancellationToken cancellation) => ServerOption.CallAsync(server.Address, server.Client, async client =>
    {
        var models = await client.ListModelsAsync(cancellation);
        if (model.Length > 0 && models.All(m => m.Model.Name != model))
            throw new MarsException($"no model is named '{model}'; there are: {string.Join(", ", models.Select(m => m.Model.Name))}");
        return 0;
    });

    /// <summary>Searches, telling of each step.</summary>
    public static async Task<int> FindCapacityAsync(LoadRun run, LoadOptions step, TimeSpan limit, ProgressLine progress, List<CapacityStep> steps, CancellationToken cancellation)
    {
        var search = new CapacitySearch(cameras => run.RunAsync(step with { Cameras = cameras }, cancellation), limit, found =>
        {
            steps.Add(found);
            progress.Step(found.ToString());
        });
        return await search.FindAsync(step.Cameras);
    }
}
