using System.Text.Json.Serialization;
using Mars.V1;

namespace Mars.Server.Events;

/// <summary>An action event of a camera as sinks send it; the names are those of <c>mars watch --json</c>.</summary>
internal sealed record SinkEvent
{
    public string Type { get; init; } = "event";

    public required string Camera { get; init; }

    /// <summary>The same at start and end.</summary>
    public required string Id { get; init; }

    public required ActionEvent.Types.Phase Phase { get; init; }

    public required string Label { get; init; }

    /// <summary>Peak so far.</summary>
    public required double Score { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public required ulong FirstSequence { get; init; }

    public required ulong LastSequence { get; init; }

    [JsonIgnore]
    public bool Started => Phase == ActionEvent.Types.Phase.Started;

    /// <summary>One for each message: whoever gets it twice has it already.</summary>
    [JsonIgnore]
    public string DeliveryId => Started ? $"{Id}.started" : $"{Id}.ended";

    public static SinkEvent From(string camera, ActionEvent action) => new()
    {
        Camera = camera,
        Id = action.EventId,
        Phase = action.Phase,
        Label = action.Label,
        Score = Math.Round(action.Score, 6),
        StartTime = action.StartTime?.ToDateTimeOffset(),
        EndTime = action.EndTime?.ToDateTimeOffset(),
        FirstSequence = action.FirstSequence,
        LastSequence = action.LastSequence,
    };
}
