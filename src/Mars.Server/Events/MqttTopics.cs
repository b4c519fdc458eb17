using System.Text;
using System.Text.Json;

namespace Mars.Server.Events;

/// <summary>Names of topics, and what Home Assistant is told of them.</summary>
internal sealed class MqttTopics(MqttOptions options)
{
    public const string On = "ON";
    public const string Off = "OFF";
    public const string Online = "online";
    public const string Offline = "offline";

    private const string EventsLevel = "events";

    /// <summary>online while the server is there; its last will says offline.</summary>
    public string Available => $"{options.TopicPrefix}/available";

    /// <summary>What every state's topic matches, and the events' too.</summary>
    public string AnyState => $"{options.TopicPrefix}/+/+";

    public string Events(string camera) => $"{options.TopicPrefix}/{Level(camera)}/{EventsLevel}";

    public string State(string camera, string label) => $"{options.TopicPrefix}/{Level(camera)}/{StateLevel(label)}";

    public string Discovery(string camera, string label) => $"{options.DiscoveryPrefix}/binary_sensor/{Node(camera)}/{StateLevel(label)}/config";

    /// <summary>https://www.home-assistant.io/integrations/binary_sensor.mqtt: one device a camera, one sensor a label.</summary>
    public byte[] DiscoveryMessage(string camera, string label) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        name = label.Replace('_', ' '),
        unique_id = $"{Node(camera)}_{StateLevel(label)}",
        state_topic = State(camera, label),
        payload_on = On,
        payload_off = Off,
        availability_topic = Available,
        payload_available = Online,
        payload_not_available = Offline,
        icon = "mdi:human-handsup",
        device = new { identifiers = new[] { Node(camera) }, name = camera, manufacturer = "Mars", model = "action recognition" },
        origin = new { name = "Mars" },
    });

    private string Node(string camera) => $"{Level(options.TopicPrefix)}_{Level(camera)}";

    // A label may be called as the topic of the events is.
    private static string StateLevel(string label) => Level(label) is EventsLevel ? $"{EventsLevel}_" : Level(label);

    // What Home Assistant allows in an id; MQTT gives / + and # a meaning. The message itself has the true names.
    private static string Level(string name)
    {
        var level = new StringBuilder(name.Length);
        foreach (var c in name)
            level.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_');
        return level.ToString();
    }
}
