using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Mars.Trainer.Export;
using Mars.Trainer.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Mars.Trainer.Benchmarking;

/// <summary>
/// The network in libtorch, in a process of its own: libtorch and ONNX Runtime have a pool of threads each, and in one process the one's would wait in the other's way.
/// The helper is this program again, told by a line to run once, and answers with the milliseconds.
/// </summary>
internal sealed class LibtorchContestant : IContestant
{
    /// <summary>The helper's command.</summary>
    public const string HelperCommand = "libtorch-helper";

    private readonly Process _helper;

    /// <param name="name">Of the row.</param>
    /// <param name="shape">Of the network; its weights are random, which changes no time.</param>
    /// <param name="precision">fp32 or bf16.</param>
    /// <param name="threads">Of a run.</param>
    public LibtorchContestant(string name, NetworkShape shape, string precision, int threads)
    {
        Name = name;
        _helper = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
        {
            // "dotnet Mars.Trainer.dll" or the program itself
            ArgumentList = { Environment.GetCommandLineArgs()[0], HelperCommand, precision, threads.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        _helper.StandardInput.WriteLine(JsonSerializer.Serialize(shape, JsonSerializerOptions.Web));
    }

    public string Name { get; }

    public int Batch => 1;

    public double Run()
    {
        _helper.StandardInput.WriteLine("run");
        var answer = _helper.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the libtorch helper has ended");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _helper.StandardInput.Close();
        _helper.WaitForExit();
        _helper.Dispose();
    }

    /// <summary>The helper's side: a run for each line, until there are no more.</summary>
    public static int Help(string precision, int threads)
    {
        set_num_threads(threads);
        var shape = JsonSerializer.Deserialize<NetworkShape>(Console.ReadLine()!, JsonSerializerOptions.Web)!;
        using var network = new ResNeXt3D(shape) { Precision = precision == "bf16" ? ScalarType.BFloat16 : ScalarType.Float32 };
        network.eval();
        if (precision == "bf16")
            network.to(ScalarType.BFloat16);
        using var frozen = no_grad();
        using var clip = ClipInput.FromRgb(ExportCheck.RandomClips(shape, 1).First(), 1, shape, CPU);
        while (Console.ReadLine() is not null)
        {
            using var scope = NewDisposeScope();
            var start = Stopwatch.GetTimestamp();
            network.forward(clip);
            Console.WriteLine(Stopwatch.GetElapsedTime(start).TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        }
        return 0;
    }
}
