using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Mars.Docs.Reference;

/// <summary>The comments in the code, from the XML files that the compiler writes beside its assemblies.</summary>
internal sealed partial class XmlComments
{
    private readonly Dictionary<Assembly, Dictionary<string, string>> _summaries = [];

    public string Of(Type type) => Find(type.Assembly, $"T:{Name(type)}");

    public string Of(PropertyInfo property) => Find(property.DeclaringType!.Assembly, $"P:{Name(property.DeclaringType)}.{property.Name}");

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private string Find(Assembly assembly, string member)
    {
        if (!_summaries.TryGetValue(assembly, out var summaries))
            _summaries[assembly] = summaries = Read(assembly);
        return summaries.GetValueOrDefault(member, "");
    }

    private static Dictionary<string, string> Read(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        return XDocument.Load(file).Descendants("member").Where(m => m.Element("summary") is not null).ToDictionary(m => m.Attribute("name")!.Value, m => Text(m.Element("summary")!));
    }

    private static string Text(XElement summary) => Spaces().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" } reference => (reference.Attribute("cref") ?? reference.Attribute("name") ?? reference.Attribute("langword"))!.Value.Split(':', '.')[^1],
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
