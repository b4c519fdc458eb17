using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mars.Client.Load;

/// <summary>Writes what a bench found, for scripts.</summary>
internal static class LoadJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static void Write(string file, object report) => File.WriteAllText(file, JsonSerializer.Serialize(report, Options) + "\n");
}
