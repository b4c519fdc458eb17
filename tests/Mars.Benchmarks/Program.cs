using BenchmarkDotNet.Running;
using Mars.Benchmarks;

// ./mars bench path
// dotnet run -c Release --project tests/Mars.Benchmarks -- --filter '*'
if (args is ["path", ..])
    return await PathCommand.Create().Parse(args[1..]).InvokeAsync();
BenchmarkSwitcher.FromAssembly(typeof(FrameDecoding).Assembly).Run(args);
return 0;
