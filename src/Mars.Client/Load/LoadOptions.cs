using Mars.V1;

namespace Mars.Client.Load;

/// <summary>What cameras to play, and for how long.</summary>
internal sealed record LoadOptions
{
    /// <summary>Cameras that send.</summary>
    public required int Cameras { get; init; }

    /// <summary>Cameras that are connected and send nothing.</summary>
    public int Idle { get; init; }

    /// <summary>Frames a second of each.</summary>
    public double FrameRate { get; init; } = 25;

    /// <summary>Model or ensemble; empty means the server's default.</summary>
    public string Model { get; init; } = "";

    /// <summary>Frames, at the model's rate, between windows; 0 means the server's default.</summary>
    public int Stride { get; init; }

    /// <summary>Live or every window.</summary>
    public DeliveryMode Mode { get; init; } = DeliveryMode.Live;

    /// <summary>A frame is handed over up to this much later than it was taken, at random.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>How often the network holds frames back to let them go together; zero means never.</summary>
    public TimeSpan BurstEvery { get; init; }

    /// <summary>For how long it holds them.</summary>
    public TimeSpan BurstHold { get; init; }

    /// <summary>How often a camera loses its connection, a minute.</summary>
    public double CutsPerMinute { get; init; }

    /// <summary>The cameras connect one after the other over this time.</summary>
    public TimeSpan Ramp { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After the ramp, before anything is counted.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What is counted.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Cameras that share an HTTP/2 connection. In every-window mode each has its own unless told otherwise: flow control is per connection too, and a camera that is held
    /// back would hold back its neighbours.
    /// </summary>
    public int? CamerasPerConnection { get; init; }

    /// <summary>Of what is random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Frames that may wait to be sent by a camera; what comes on top is not sent. A second's worth in live mode, ten minutes' (16 bytes each) where none may be lost.</summary>
    public int MaxBehind => (int)Math.Ceiling(FrameRate * (Mode == DeliveryMode.EveryWindow ? 600 : 1));

    /// <summary>When counting begins, from the start of the run.</summary>
    public TimeSpan CountFrom => Ramp + WarmUp;

    /// <summary>When counting, and sending, ends.</summary>
    public TimeSpan CountTo => CountFrom + Duration;
}
