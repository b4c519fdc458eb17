using System.CommandLine;
using System.Globalization;

namespace Mars.Client.Commands;

/// <summary>Bounds of options that are numbers.</summary>
internal static class NumberBounds
{
    /// <summary>Refuses a number for which <paramref name="holds"/> does not hold. (What is no number at all is told by the parser, unless a validator asks it for the value: then it throws.)</summary>
    /// <param name="option">Of a number, which may be left out.</param>
    /// <param name="holds">Of the number given.</param>
    /// <param name="error">After the option's name.</param>
    public static void Require<T>(this Option option, Func<T, bool> holds, string error)
        where T : IParsable<T> => option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && T.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) && !holds(number))
                result.AddError($"{option.Name} {error}");
        });
}
