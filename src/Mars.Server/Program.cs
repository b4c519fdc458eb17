using Mars.Server.Hosting;

if (args is ["--health", var server])
    return await HealthProbe.RunAsync(server);
if (!CommandLine.TryParse(args, out var settings, out var exitCode))
    return exitCode;
var builder = WebApplication.CreateBuilder();
builder.Configuration.AddInMemoryCollection(settings);
builder.AddMars();
var app = builder.Build();
app.MapMars();
return await app.RunToTheEndAsync();
