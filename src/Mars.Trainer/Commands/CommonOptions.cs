using System.CommandLine;
using Mars.Inference.Threads;

namespace Mars.Trainer.Commands;

/// <summary>Options that several commands have, and a short way to make one.</summary>
internal static class CommonOptions
{
    public static Option<string> Run { get; } = Required<string>("--run", "RUN", "Folder of the training run (result_path): its checkpoints and its log.");

    public static Option<string> Device { get; } = WithDefault("--device", "DEVICE", "Where the network runs: cpu or cuda:0.", "cpu");

    public static Option<int> Threads { get; } =
        WithDefault("--threads", "N", "Threads of the network on the CPU: by default all that the process may use, by its affinity and the limits of its container.", CpuBudget.Current.Threads);

    public static Option<int> Workers { get; } =
        WithDefault("--workers", "N", "Threads that decode and crop clips while the network works (the authors' n_workers).", CpuBudget.Current.Threads);

    public static Option<int> BatchSize { get; } = WithDefault("--batch-size", "N", "Clips in a batch (the authors' batch_size).", 32);

    public static Option<int> CacheMegabytes { get; } =
        WithDefault("--cache-mb", "MB", "Memory for the encoded frames of the data set; what does not fit is read from disk each time.", 4096);

    public static Option<T> Required<T>(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Required = true };

    /// <summary>An option that may be left out.</summary>
    /// <param name="name">As --teacher.</param>
    /// <param name="value">What stands for its value in the help.</param>
    /// <param name="description">What it does.</param>
    /// <param name="without">What holds without it: help tells the default of every option.</param>
    public static Option<T> Optional<T>(string name, string value, string description, string without) =>
        new(name) { HelpName = value, Description = $"{description} [default: {without}]" };

    public static Option<T> WithDefault<T>(string name, string value, string description, T initial) =>
        new(name) { HelpName = value, Description = description, DefaultValueFactory = _ => initial };

    public static Option<bool> Flag(string name, string description) => new(name) { Description = $"{description} [default: off]" };

    /// <summary>Adds several options at once.</summary>
    public static void AddAll(this Command command, params ReadOnlySpan<Option> options)
    {
        foreach (var option in options)
            command.Add(option);
    }
}
