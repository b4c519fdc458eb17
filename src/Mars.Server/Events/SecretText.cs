using System.ComponentModel.DataAnnotations;

namespace Mars.Server.Events;

/// <summary>A secret that stands in the configuration or, better, in a file.</summary>
internal static class SecretText
{
    /// <summary>The secret, empty if there is none. A file's last line break is not part of it.</summary>
    public static string Read(string value, string file) => file.Length > 0 ? File.ReadAllText(file).TrimEnd('\r', '\n') : value;

    /// <summary>Says what is wrong with it, and never what it is.</summary>
    public static IEnumerable<ValidationResult> Faults(string name, string value, string file, int shortest = 1)
    {
        if (value.Length > 0 && file.Length > 0)
        {
            yield return new ValidationResult($"{name} and {name}File are both set", [name]);
            yield break;
        }
        if (file.Length > 0 && !File.Exists(file))
            yield return new ValidationResult($"{name}File '{file}' is not there", [$"{name}File"]);
        else if ((value.Length > 0 || file.Length > 0) && Read(value, file).Length < shortest)
            yield return new ValidationResult($"{name} must have {shortest} characters or more", [name]);
    }
}
