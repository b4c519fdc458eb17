using System.CommandLine;
using System.Globalization;

namespace Mars.Client.Commands;

/// <summary>An option that takes a time: 30, 30s, 500ms, 5m.</summary>
internal static class DurationOption
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("", 1)];

    public static Option<TimeSpan> Create(string name, string description, TimeSpan value) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        DefaultValueFactory = _ => value,
        CustomParser = result =>
        {
            if (TryParse(result.Tokens[0].Value, out var time))
                return time;
            result.AddError($"{name}: '{result.Tokens[0].Value}' is not a time: 500ms, 30s (or 30), 5m, 1h");
            return default;
        },
    };

    internal static bool TryParse(string text, out TimeSpan time)
    {
        var (unit, seconds) = Units.First(u => text.EndsWith(u.Unit, StringComparison.Ordinal));
        var valid = double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * seconds < 1e7;
        time = valid ? TimeSpan.FromSeconds(number * seconds) : default;
        return valid;
    }
}
