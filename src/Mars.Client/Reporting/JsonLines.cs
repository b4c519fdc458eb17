using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mars.Client.Reporting;

/// <summary>Writes one JSON object a line.</summary>
internal sealed class JsonLines(TextWriter output)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly Lock _gate = new();

    /// <summary>Writes <paramref name="value"/> and flushes: whoever reads the pipe waits for it.</summary>
    public void Write(object value)
    {
        var line = JsonSerializer.Serialize(value, Options);
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
