namespace Mars.Client.Soak;

/// <summary>All that a soak found, judged.</summary>
internal sealed record SoakResult
{
    // What a heap that is collected now and then moves by anyhow.
    private const double AllowedGrowth = 1.05;

    public required SoakOptions Options { get; init; }

    public required SoakCounts Counts { get; init; }

    /// <summary>Resident memory of the server, once a second, in MB; empty where the server runs elsewhere.</summary>
    public required IReadOnlyList<double> MemoryMb { get; init; }

    /// <summary>What is asked of a server that runs day and night.</summary>
    public IReadOnlyList<SoakCheck> Checks
    {
        get
        {
            var checks = new List<SoakCheck>
            {
                new("no error", Counts.Errors.Count == 0, Counts.Errors.Count == 0 ? "none" : string.Join("; ", Counts.Errors.Select(e => $"{e.Value}x {e.Key}"))),
                new("every window answered", Counts.Due > 0 && Counts.Answered == Counts.Due, $"{Counts.Answered} of {Counts.Due} due"),
                new("none twice", Counts.Repeated == 0, $"{Counts.Repeated} repeated"),
            };
            if (MemoryMb.Count >= 4)
            {
                var quarter = MemoryMb.Count / 4;
                var (second, last) = (Median(MemoryMb.Skip(quarter).Take(quarter)), Median(MemoryMb.Skip(MemoryMb.Count - quarter)));
                checks.Add(new SoakCheck("memory does not grow", last <= second * AllowedGrowth, $"median of the second quarter {second:0.0} MB, of the last {last:0.0} MB ({last / second - 1:+0.0%;-0.0%})"));
            }
            return checks;
        }
    }

    public bool Passed => Checks.All(c => c.Passed);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}

/// <summary>One thing that is asked.</summary>
internal sealed record SoakCheck(string Name, bool Passed, string Found);
