using BenchmarkDotNet.Running;
using Mars.Benchmarks;

// ./mars bench path [--models DIR] [--seconds N] [--json FILE]; --served: only frames that are served, again and again; with --telemetry [--rounds N]: what metrics and traces cost
// dotnet run -c Release --project tests/Mars.Benchmarks -- --filter '*'
if (args is ["path", ..])
    return await PathBench.RunAsync(args[1..]);
BenchmarkSwitcher.FromAssembly(typeof(FrameDecoding).Assembly).Run(args);
return 0;
