using System.ComponentModel.DataAnnotations;

namespace Mars.Server.Events;

/// <summary>Mars:Events:Mqtt: an MQTT broker, and through it Home Assistant.</summary>
public sealed class MqttOptions : IValidatableObject
{
    /// <summary>The broker's name or address; empty: none.</summary>
    public string Host { get; set; } = "";

    /// <summary>0: 1883, or 8883 with TLS.</summary>
    [Range(0, 65535)]
    public int Port { get; set; }

    /// <summary>Speak TLS, and check the broker's certificate.</summary>
    public bool Tls { get; set; }

    /// <summary>A PEM file with the certificates that are trusted instead of the system's.</summary>
    public string CaFile { get; set; } = "";

    /// <summary>User name; empty: none.</summary>
    public string User { get; set; } = "";

    /// <summary>The user's password.</summary>
    public string Password { get; set; } = "";

    /// <summary>A file with the password.</summary>
    public string PasswordFile { get; set; } = "";

    /// <summary>Of this server alone: a broker throws out the older of two clients of one name.</summary>
    [Required]
    public string ClientId { get; set; } = "mars";

    /// <summary>Of this server alone: before every topic.</summary>
    [RegularExpression("[^+#]+")]
    [Required]
    public string TopicPrefix { get; set; } = "mars";

    /// <summary>Tell Home Assistant of each camera's labels, as binary sensors.</summary>
    public bool Discovery { get; set; } = true;

    /// <summary>Where Home Assistant listens for that.</summary>
    [RegularExpression("[^+#]+")]
    [Required]
    public string DiscoveryPrefix { get; set; } = "homeassistant";

    /// <summary>Patterns of camera ids, in which * stands for anything; none means all.</summary>
    public List<string> Cameras { get; set; } = [];

    /// <summary>Patterns of labels; none means all.</summary>
    public List<string> Labels { get; set; } = [];

    /// <summary>What attributes cannot say.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var fault in SecretText.Faults(nameof(Password), Password, PasswordFile))
            yield return fault;
        if (CaFile.Length > 0 && !File.Exists(CaFile))
            yield return new ValidationResult($"CaFile '{CaFile}' is not there", [nameof(CaFile)]);
    }
}
