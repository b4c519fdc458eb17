using System.CommandLine;
using Mars.Inference.Threads;
using TorchSharp;

namespace Mars.Trainer.Commands;

/// <summary>The threads of libtorch. Left alone it takes one for each core of the machine, whatever a container may use.</summary>
internal static class NetworkThreads
{
    /// <summary>Gives libtorch as many as --threads says; its default keeps to the limits of the process.</summary>
    /// <returns>How many and why, for the output.</returns>
    public static string Apply(ParseResult arguments)
    {
        var threads = arguments.GetValue(CommonOptions.Threads);
        torch.set_num_threads(threads);
        var reason = arguments.GetResult(CommonOptions.Threads) is { Implicit: false } ? CommonOptions.Threads.Name : CpuBudget.Current.Reason;
        return $"{threads} {(threads == 1 ? "thread" : "threads")} ({reason})";
    }
}
