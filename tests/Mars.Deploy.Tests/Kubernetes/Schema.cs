using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mars.Deploy.Tests.Kubernetes;

/// <summary>Checks values against the part of JSON Schema that values.schema.json uses; a keyword that is not known here is a fault of the schema.</summary>
internal static class Schema
{
    /// <summary>What is wrong, each with its path.</summary>
    public static IEnumerable<string> Faults(JsonElement schema, object? value, string path = "values") => schema.EnumerateObject().SelectMany(keyword => keyword.Name switch
    {
        "$schema" => [],
        "type" => Is(value, keyword.Value.GetString()!) ? [] : [$"{path} is not of type {keyword.Value}"],
        "enum" => keyword.Value.EnumerateArray().Any(e => e.GetString() == value as string) ? [] : [$"{path} is none of {keyword.Value}"],
        "minimum" => Convert.ToDouble(value, CultureInfo.InvariantCulture) >= keyword.Value.GetDouble() ? [] : [$"{path} is below {keyword.Value}"],
        "maximum" => Convert.ToDouble(value, CultureInfo.InvariantCulture) <= keyword.Value.GetDouble() ? [] : [$"{path} is above {keyword.Value}"],
        "minLength" => value is string text && text.Length >= keyword.Value.GetInt32() ? [] : [$"{path} is too short"],
        "pattern" => value is string text && Regex.IsMatch(text, keyword.Value.GetString()!) ? [] : [$"{path} does not match {keyword.Value}"],
        "required" => keyword.Value.EnumerateArray().Where(name => value is IDictionary map && !map.Contains(name.GetString()!)).Select(name => $"{path}.{name} is missing"),
        "items" => value is IList list ? list.Cast<object?>().SelectMany((item, i) => Faults(keyword.Value, item, $"{path}.{i}")) : [],
        "properties" => value is IDictionary map ? keyword.Value.EnumerateObject().Where(p => map.Contains(p.Name)).SelectMany(p => Faults(p.Value, map[p.Name], $"{path}.{p.Name}")) : [],
        "additionalProperties" => Additional(schema, keyword.Value, value, path),
        _ => [$"the schema's keyword {keyword.Name} is not known to this test"],
    });

    private static IEnumerable<string> Additional(JsonElement schema, JsonElement rule, object? value, string path)
    {
        var named = schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(p => p.Name).ToHashSet() : [];
        var others = value is IDictionary map ? map.Keys.Cast<string>().Where(k => !named.Contains(k)).Select(k => (Key: k, Value: map[k])) : [];
        return others.SelectMany(o => rule.ValueKind == JsonValueKind.False ? [$"{path}.{o.Key} is not known"] : Faults(rule, o.Value, $"{path}.{o.Key}"));
    }

    private static bool Is(object? value, string type) => type switch
    {
        "object" => value is IDictionary,
        "array" => value is IList,
        "string" => value is string,
        "boolean" => value is bool,
        "integer" => value is byte or short or int or long,
        _ => throw new FormatException($"the schema's type {type} is not known to this test"),
    };
}
