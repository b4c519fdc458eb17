using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Mars.Server.Events;

/// <summary>Mars:Events:Webhooks: an HTTP receiver.</summary>
public sealed class WebhookOptions : IValidatableObject
{
    /// <summary>In metrics, the log and the name of its spool: lower-case letters, digits and dashes. Empty: webhook-1 for the first, and so on.</summary>
    [RegularExpression("[a-z0-9-]{1,64}")]
    public string Name { get; set; } = "";

    /// <summary>Where events are posted to, http or https.</summary>
    [Required]
    public string Url { get; set; } = "";

    /// <summary>Signs what is sent; 16 characters or more. Empty and no SecretFile: not signed.</summary>
    public string Secret { get; set; } = "";

    /// <summary>A file with the secret.</summary>
    public string SecretFile { get; set; } = "";

    /// <summary>Patterns of camera ids, in which * stands for anything; none means all.</summary>
    public List<string> Cameras { get; set; } = [];

    /// <summary>Patterns of labels; none means all.</summary>
    public List<string> Labels { get; set; } = [];

    /// <summary>Seconds that the receiver may take to answer.</summary>
    [Range(0.1, 300)]
    public double TimeoutSeconds { get; set; } = 10;

    /// <summary>Seconds between attempts, at most: the wait doubles from a quarter of a second.</summary>
    [Range(0.1, 86_400)]
    public double MaxRetrySeconds { get; set; } = 60;

    /// <summary>What attributes cannot say.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            yield return new ValidationResult("Url must begin with http:// or https://", [nameof(Url)]);
        foreach (var fault in SecretText.Faults(nameof(Secret), Secret, SecretFile, WebhookSignature.ShortestSecret))
            yield return fault;
    }

    internal string NameOr(int index) => Name.Length > 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"webhook-{index + 1}");
}
