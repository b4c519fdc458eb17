using System.Text.Json;
using Mars.Server.Configuration;

namespace Mars.Server.Security;

/// <summary>mars serve --new-key NAME: makes a key and tells what to configure. The key is on standard output, once; everything else on standard error.</summary>
internal static class NewKey
{
    public static int Run(string name, string? roles)
    {
        var granted = (roles ?? CallerRole.Publisher).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
            return Fail($"a caller's name has letters, digits, - and _ only, not '{name}'");
        if (granted.Length == 0 || granted.Any(g => Grant.Read(g) is null))
            return Fail($"roles are {string.Join(", ", CallerRole.All)}, as publisher:door-*,viewer: not '{roles}'");
        var key = ApiKey.Create();
        var hash = ApiKey.Write(ApiKey.Hash(key));
        Console.Out.WriteLine(key);
        var path = $"{SecurityOptions.Section}:Callers:{name}".Replace(":", "__", StringComparison.Ordinal);
        Console.Error.WriteLine($"""

            This is the key of '{name}'. It is shown once: keep it where the caller finds it (MARS_API_KEY). The server keeps its hash alone.
            In appsettings.json, under Mars, Security, Callers:

              {JsonSerializer.Serialize(name)}: {JsonSerializer.Serialize(new { Key = hash, Roles = granted })}

            or in the environment of the server:

              {path}__Key={hash}
              {string.Join($"{Environment.NewLine}  ", granted.Select((g, i) => $"{path}__Roles__{i}={g}"))}
            """);
        return 0;
    }

    private static int Fail(string why)
    {
        Console.Error.WriteLine($"mars serve: {why}");
        return 2;
    }
}
