using System.Text.RegularExpressions;
using Mars.Docs.Reference;

namespace Mars.Deploy.Tests.Support;

/// <summary>The environment variables that stand for settings, as the code has them.</summary>
internal static class Settings
{
    private static readonly List<Regex> Variables =
        [.. OptionCatalog.Read().SelectMany(s => s.Entries).Select(e => new Regex($"^{Regex.Replace(Regex.Replace(e.Variable, "__NAME(?=__|$)", "__[A-Za-z0-9-]+"), "__0(?=__|$)", @"__\d+")}$", RegexOptions.CultureInvariant))];

    public static bool Exists(string variable) => Variables.Any(v => v.IsMatch(variable));

    /// <summary>Those among the names that begin like a setting of Mars and are none.</summary>
    public static IEnumerable<string> Unknown(IEnumerable<string> names) => names.Where(n => n.StartsWith("Mars__", StringComparison.OrdinalIgnoreCase) && !Exists(n));
}
