using System.CommandLine;
using Mars.Client.Reporting;

namespace Mars.Client.Commands;

/// <summary>mars bench: the benches of this program, and those that the launcher gives to others.</summary>
internal static class BenchCommand
{
    public static Command Create(Terminal terminal) => new("bench", "Measure how fast this machine is: load and soak (cameras against a server), engine (the network), path (everything else).")
    {
        BenchLoadCommand.Create(terminal),
        BenchSoakCommand.Create(terminal),
        LauncherCommand.Create(terminal, "engine", "The network, every way to run it.", "bench engine"),
        LauncherCommand.Create(terminal, "path", "Everything but the network, step by step.", "bench path"),
        LauncherCommand.Create(terminal, "decode", "Whether decoding a JPEG to a part of its size changes answers.", "bench decode"),
    };
}
