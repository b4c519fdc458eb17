using BenchmarkDotNet.Running;
using Mars.Benchmarks;

// dotnet run -c Release --project tests/Mars.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(FrameDecoding).Assembly).Run(args);
return 0;
