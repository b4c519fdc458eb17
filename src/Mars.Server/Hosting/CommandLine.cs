using Mars.Inference.Sessions;
using Mars.Server.Security;

namespace Mars.Server.Hosting;

/// <summary>The server's few switches; everything else is configuration (appsettings.json, or environment variables such as Mars__Streams__DefaultStride).</summary>
internal static class CommandLine
{
    private const string Usage = """
        mars serve: recognises the actions of cameras that stream over gRPC.

          --urls URL             where to listen                  (http://127.0.0.1:5150; https://0.0.0.0:5150 for the network)
          --models DIR           folder of model packages         (models)
          --model NAME           the default model                (the best kind there is: mars, mers, rgb)
          --provider NAME        cpu, cuda or tensorrt            (cpu)
          --threads N            threads inside one run           (0: one for each core)
          --stride N             frames between windows, where a camera asks for none  (4)
          --health URL           starts nothing: ends with 0 if the server at URL is ready, else with 1
          --page true|false      the live page at /              (true)
          --pictures true|false  what cameras see, on that page  (false)

        For the network (docs/security.md):
          --certificate FILE     the server's certificate, PEM    (with --urls https://0.0.0.0:5150)
          --key FILE             its private key, PEM
          --client-ca FILE       authorities of clients' certificates, PEM
          --insecure             no TLS and no keys asked for, where the network is trusted
          --new-key NAME         make a key for a caller, print it and what to configure, and end
          --roles LIST           its roles, as publisher:door-*,viewer  (publisher)

        Ctrl-C drains: cameras get their last answers and are told to go elsewhere.
        """;

    private const string NewKeyName = "--new-key";
    private const string NewKeyRoles = "--roles";

    private static readonly Dictionary<string, string> Keys = new(StringComparer.Ordinal)
    {
        ["--urls"] = "urls",
        ["--models"] = "Mars:Models:Folder",
        ["--model"] = "Mars:Models:Default",
        ["--provider"] = "Mars:Models:Provider",
        ["--threads"] = "Mars:Models:Threads",
        ["--stride"] = "Mars:Streams:DefaultStride",
        ["--certificate"] = "Mars:Tls:Certificate",
        ["--key"] = "Mars:Tls:Key",
        ["--client-ca"] = "Mars:Tls:ClientAuthority",
        [NewKeyName] = NewKeyName,
        [NewKeyRoles] = NewKeyRoles,
        ["--page"] = "Mars:Page:Enabled",
        ["--pictures"] = "Mars:Page:Pictures",
    };

    /// <summary>The switches that stand for a setting, and which.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Settings => Keys.Where(k => !k.Value.StartsWith("--", StringComparison.Ordinal));

    /// <summary>Every switch, as the usage has them.</summary>
    public static IEnumerable<string> Options => Usage.Split(' ', '\n').Where(word => word.StartsWith("--", StringComparison.Ordinal)).Append("--help").Distinct();

    /// <summary>Reads the switches into configuration keys; prints the usage and gives an exit code when there is nothing to run.</summary>
    public static bool TryParse(string[] args, out Dictionary<string, string?> settings, out int exitCode)
    {
        settings = new Dictionary<string, string?> { ["urls"] = Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? "http://127.0.0.1:5150" };
        exitCode = 0;
        if (args is [var first, ..] && first.StartsWith("[suggest", StringComparison.Ordinal))
        {
            // As System.CommandLine answers the shell's completion (./mars completion); the shell picks what fits.
            Console.Out.WriteLine(string.Join('\n', Options));
            return false;
        }
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is "--help" or "-h" or "-?")
            {
                Console.Out.WriteLine(Usage);
                return false;
            }
            if (args[i] == "--insecure")
            {
                settings["Mars:Security:AllowPlain"] = settings["Mars:Security:AllowAnonymous"] = "true";
                continue;
            }
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i] : args[i][..equals];
            if (!Keys.TryGetValue(name, out var key) || (equals < 0 && i + 1 == args.Length))
            {
                Console.Error.WriteLine($"mars serve: {(key is null ? $"unknown option '{name}'" : $"{name} needs a value")}\n\n{Usage}");
                exitCode = 2;
                return false;
            }
            var value = equals < 0 ? args[++i] : args[i][(equals + 1)..];
            if (name == "--provider" && !Enum.TryParse<ExecutionProvider>(value, ignoreCase: true, out _))
            {
                Console.Error.WriteLine($"mars serve: --provider is cpu, cuda or tensorrt, not '{value}'");
                exitCode = 2;
                return false;
            }
            settings[key] = value;
        }
        if (settings.TryGetValue(NewKeyName, out var caller))
        {
            exitCode = NewKey.Run(caller!, settings.GetValueOrDefault(NewKeyRoles));
            return false;
        }
        return true;
    }
}
