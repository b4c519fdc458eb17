using System.Collections;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Mars.Deploy.Tests.Support;

/// <summary>YAML as dictionaries, lists, text, numbers and truth values.</summary>
internal static class Yaml
{
    private static readonly IDeserializer Reader = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().WithDuplicateKeyChecking().Build();
    private static readonly ISerializer Writer = new SerializerBuilder().WithQuotingNecessaryStrings().WithIndentedSequences().Build();

    public static Dictionary<object, object?> Read(string text) => Assert.IsType<Dictionary<object, object?>>(Assert.Single(ReadAll(text)));

    /// <summary>Every document that is not empty.</summary>
    public static List<object> ReadAll(string text)
    {
        var parser = new MergingParser(new Parser(new StringReader(text)));
        var documents = new List<object>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
        {
            if (Reader.Deserialize(parser) is { } document)
                documents.Add(document);
        }
        return documents;
    }

    public static string Write(object? value) => Writer.Serialize(value).TrimEnd();

    /// <summary>What lies at a path as a.b.0.c; null where there is nothing.</summary>
    public static object? At(this object? tree, string path) => path.Split('.').Aggregate(tree, (at, key) => at switch
    {
        IDictionary map => map.Keys.Cast<object>().Where(k => k.ToString() == key).Select(k => map[k]).FirstOrDefault(),
        IList list when int.TryParse(key, out var index) && index < list.Count => list[index],
        _ => null,
    });

    public static string Text(this object? tree, string path) => tree.At(path)?.ToString() ?? "";

    public static List<object?> List(this object? tree, string path) => tree.At(path) is IList list ? [.. list.Cast<object?>()] : [];

    public static Dictionary<string, string> Map(this object? tree, string path) =>
        tree.At(path) is IDictionary map ? map.Keys.Cast<object>().ToDictionary(k => k.ToString()!, k => map[k]?.ToString() ?? "") : [];

    /// <summary>Every value that a key has anywhere in the tree.</summary>
    public static IEnumerable<object?> Everywhere(object? tree, string key) => tree switch
    {
        IDictionary map => map.Keys.Cast<object>().SelectMany(k => (k.ToString() == key ? [map[k]] : Array.Empty<object?>()).Concat(Everywhere(map[k], key))),
        IList list => list.Cast<object?>().SelectMany(item => Everywhere(item, key)),
        _ => [],
    };
}
