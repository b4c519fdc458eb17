using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Mars.Server.Events;

/// <summary>Section Mars:Events: where action events go besides their cameras.</summary>
public sealed class SinkOptions : IValidatableObject
{
    public const string Section = "Mars:Events";

    /// <summary>Where events that a webhook or the MQTT broker has not taken yet outlive the server; empty: in memory alone, and lost with it.</summary>
    public string SpoolFolder { get; set; } = "event-spool";

    /// <summary>Events that wait for one sink, at most; then the oldest are dropped, and counted.</summary>
    [Range(1, 1_000_000)]
    public int SpoolEvents { get; set; } = 10_000;

    /// <summary>HTTP receivers.</summary>
    [ValidateEnumeratedItems]
    public List<WebhookOptions> Webhooks { get; set; } = [];

    /// <summary>An MQTT broker, and through it Home Assistant.</summary>
    [ValidateObjectMembers]
    public MqttOptions Mqtt { get; set; } = new();

    /// <summary>A file of JSON lines.</summary>
    [ValidateObjectMembers]
    public EventFileOptions File { get; set; } = new();

    /// <summary>The names that two webhooks share.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from name in Webhooks.Select((w, i) => w.NameOr(i)).GroupBy(n => n, StringComparer.Ordinal)
        where name.Count() > 1
        select new ValidationResult($"two webhooks have the name '{name.Key}'", [nameof(Webhooks)]);
}
