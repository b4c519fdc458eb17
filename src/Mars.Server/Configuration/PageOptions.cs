using System.ComponentModel.DataAnnotations;

namespace Mars.Server.Configuration;

/// <summary>Section Mars:Page: the live page at /.</summary>
public sealed class PageOptions
{
    public const string Section = "Mars:Page";

    /// <summary>Serve the page; false: nothing of it is served or kept.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Send what cameras see to the page: their newest frame as the network gets it, some 100 pixels wide. False: no picture leaves the server, and none is kept.</summary>
    public bool Pictures { get; set; }

    /// <summary>Milliseconds between two messages to a page.</summary>
    [Range(50, 10_000)]
    public double UpdateMilliseconds { get; set; } = 200;

    /// <summary>Events of each camera that are kept for a page that is opened later.</summary>
    [Range(1, 1000)]
    public int Events { get; set; } = 50;

    /// <summary>Seconds of each camera's best action that are kept.</summary>
    [Range(10, 3600)]
    public int TrackSeconds { get; set; } = 300;

    /// <summary>Pages open at once, at most.</summary>
    [Range(1, 10_000)]
    public int MaxViewers { get; set; } = 100;
}
