using Mars.V1;

namespace Mars.Client;

/// <summary>What a camera asks of the server, and how it behaves when the connection breaks.</summary>
public sealed record CameraOptions
{
    /// <summary>Name of the camera, unique on the server.</summary>
    public required string CameraId { get; init; }

    /// <summary>Model or ensemble; empty means the server's default.</summary>
    public string Model { get; init; } = "";

    /// <summary>Frames, at the model's rate, between windows; 0 means the server's default.</summary>
    public int Stride { get; init; }

    /// <summary>Live (the newest window wins) or every window.</summary>
    public DeliveryMode Mode { get; init; } = DeliveryMode.Live;

    /// <summary>Live: an older window is not run any more; null means the server's default.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Labels of a prediction; 0 means 5.</summary>
    public int TopK { get; init; }

    /// <summary>Labels scored below it are left out.</summary>
    public double MinScore { get; init; }

    /// <summary>When an action counts as begun and over; null means no events.</summary>
    public EventOptions? Events { get; init; }

    /// <summary>Frames kept for sending again, at most. In every-window mode the sender waits when that many have no answer.</summary>
    public int MaxKeptFrames { get; init; } = 512;

    /// <summary>Bytes of those frames, at most.</summary>
    public long MaxKeptBytes { get; init; } = 128 << 20;

    /// <summary>Predictions and events that wait to be read, at most; the server learns by flow control that the reader is slow.</summary>
    public int MaxPendingUpdates { get; init; } = 256;

    /// <summary>Told of each lost connection.</summary>
    public Action<ConnectionLost>? OnConnectionLost { get; init; }
}
