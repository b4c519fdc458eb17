using Mars.Client.Reporting;

namespace Mars.Client.Demo;

/// <summary>What a demo has come to.</summary>
internal sealed record DemoResult
{
    public required int Windows { get; init; }

    public required int Right { get; init; }

    public required int Wrong { get; init; }

    /// <summary>Windows over the boundary of two actions; not part of the accuracy.</summary>
    public required int Boundary { get; init; }

    public required bool HasTruth { get; init; }

    public required EventMatch Events { get; init; }

    public required DelaySummary Delay { get; init; }

    public required long Superseded { get; init; }

    /// <summary>Share of the windows inside one action whose best label is right; null where none was judged.</summary>
    public double? Accuracy => Right + Wrong > 0 ? Right / (double)(Right + Wrong) : null;

    /// <summary>Whether anything was recognised at all.</summary>
    public bool Recognised => HasTruth ? Right > 0 : Windows > 0;
}
