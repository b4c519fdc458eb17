using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Mars.Server.Configuration;

namespace Mars.Docs.Reference;

/// <summary>Every setting of the server: the properties of all classes that name a section.</summary>
internal static class OptionCatalog
{
    public static IReadOnlyList<OptionSection> Read()
    {
        var comments = new XmlComments();
        return [.. typeof(ModelOptions).Assembly.GetTypes()
            .Select(type => (Type: type, Section: type.GetField("Section", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)))
            .Where(t => t.Section is { IsLiteral: true } && t.Section.FieldType == typeof(string))
            .Select(t => (t.Type, Name: (string)t.Section!.GetRawConstantValue()!))
            .OrderBy(t => t.Name, StringComparer.Ordinal)
            .Select(t => new OptionSection(t.Name, comments.Of(t.Type), [.. Entries(t.Type, t.Name, comments)]))];
    }

    private static IEnumerable<OptionEntry> Entries(Type type, string prefix, XmlComments comments)
    {
        var defaults = Activator.CreateInstance(type, nonPublic: true);
        return Properties(type).SelectMany(property => Entries(property, $"{prefix}:{property.Name}", property.GetValue(defaults), comments));
    }

    // In the order of the code, those of a base class first.
    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        (type.BaseType is { } parent && parent != typeof(object) ? Properties(parent) : [])
            .Concat(type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(p => p.SetMethod is { IsPublic: true } || IsCollection(p.PropertyType)));

    private static IEnumerable<OptionEntry> Entries(PropertyInfo property, string key, object? value, XmlComments comments)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var description = comments.Of(property);
        if (Kind(type) is { } scalar)
            return [new OptionEntry(key, scalar, Range(property, type), Default(value), description)];
        var (item, index) = Item(type);
        if (item is null)
            return Entries(type, key, comments);
        key = $"{key}:{index}";
        return Kind(item) is { } kind
            ? [new OptionEntry(key, index == "0" ? $"list of {kind}" : $"{kind}, by name", Range(property, item), Default(value), description)]
            : Entries(item, key, comments).Prepend(new OptionEntry(key, index == "0" ? "list" : "group, by name", "", Default(value), description));
    }

    private static bool IsCollection(Type type) => Kind(type) is null && Item(type).Item is not null;

    private static (Type? Item, string Index) Item(Type type)
    {
        var interfaces = type.GetInterfaces().Append(type).Where(i => i.IsGenericType).ToList();
        if (interfaces.FirstOrDefault(i => i.GetGenericTypeDefinition() == typeof(IDictionary<,>)) is { } dictionary)
            return (dictionary.GetGenericArguments()[1], "NAME");
        return (interfaces.FirstOrDefault(i => i.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0], "0");
    }

    private static string? Kind(Type type) => type switch
    {
        _ when type == typeof(string) => "text",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) || type == typeof(uint) || type == typeof(ulong) => "whole number",
        _ when type == typeof(double) || type == typeof(float) || type == typeof(decimal) => "number",
        _ when type == typeof(TimeSpan) => "time span",
        _ when type == typeof(Uri) => "address",
        _ when type.IsEnum => "one of",
        _ => null,
    };

    private static string Range(PropertyInfo property, Type type)
    {
        if (type.IsEnum)
            return string.Join(", ", Enum.GetNames(type));
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            return $"{Number(range.Minimum)} to {Number(range.Maximum)}";
        if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
            return string.Join(", ", allowed.Values);
        return property.GetCustomAttribute<RequiredAttribute>() is null ? "" : "not empty";
    }

    private static string Default(object? value) => value switch
    {
        null or "" => "",
        bool flag => flag ? "true" : "false",
        string text => text,
        IEnumerable list => string.Join(", ", list.Cast<object>().Select(Default)),
        _ => Number(value),
    };

    private static string Number(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
