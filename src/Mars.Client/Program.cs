using Mars.Client.Commands;
using Mars.Client.Reporting;

return await CommandLine.RunAsync(args, Terminal.Process());
