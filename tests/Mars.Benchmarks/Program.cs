using System.CommandLine;
using BenchmarkDotNet.Running;
using Mars.Benchmarks;

// ./mars bench path
// dotnet run -c Release --project tests/Mars.Benchmarks -- --filter '*'
if (args is ["path", ..])
    return await new RootCommand("What a server costs beside its network.") { PathCommand.Create() }.Parse(args).InvokeAsync();
BenchmarkSwitcher.FromAssembly(typeof(FrameDecoding).Assembly).Run(args);
return 0;
