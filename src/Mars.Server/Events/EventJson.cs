using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mars.Server.Events;

/// <summary>An event as one line of JSON, the same in every sink and in the spool.</summary>
internal static class EventJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static byte[] Write(SinkEvent action) => JsonSerializer.SerializeToUtf8Bytes(action, Options);

    /// <summary>Null for what is not a whole event, such as a line that was cut off.</summary>
    public static SinkEvent? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<SinkEvent>(line, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
