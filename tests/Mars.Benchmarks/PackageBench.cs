namespace Mars.Benchmarks;

/// <summary>Two servers of different packages, many cameras, windows a few frames apart: how many windows a second one answers over the other.</summary>
internal static class PackageBench
{
    public static async Task<int> RunAsync(PathOptions options)
    {
        string[] folders = [options.Models, options.Against!];
        var names = folders.Select(f => Capacity.PackageOf(f).Key).ToArray();
        Console.WriteLine($"{names[0]} in {folders[0]} over {names[1]} in {folders[1]}: {Capacity.Cameras} cameras, stride {options.Stride}, {Environment.ProcessorCount} cores");
        await using var first = await BenchServer.StartAsync(folders[0]);
        await using var second = await BenchServer.StartAsync(folders[1]);
        BenchServer[] servers = [first, second];
        var ratios = new List<double>();
        for (var round = 0; round <= options.Rounds; round++)
        {
            // Each first as often as second; the first round warms up.
            var measured = new Measured[2];
            foreach (var i in round % 2 == 0 ? [0, 1] : (int[])[1, 0])
                measured[i] = await Capacity.MeasureAsync(servers[i], names[i], Capacity.Cameras, options.Seconds, options.Stride);
            if (round == 0)
                continue;
            ratios.Add(measured[0].Rate / measured[1].Rate);
            Console.WriteLine($"round {round}: {measured[0].Rate:F1} windows/s over {measured[1].Rate:F1}: {ratios[^1]:F3}; processor ms a window {measured[0].ProcessorMs:F1} and {measured[1].ProcessorMs:F1}");
        }
        Ratios.Tell("windows a second, the first over the second", ratios);
        return 0;
    }
}
