using Mars.Server.Hosting;

if (!CommandLine.TryParse(args, out var settings, out var exitCode))
    return exitCode;
var builder = WebApplication.CreateBuilder();
builder.Configuration.AddInMemoryCollection(settings);
builder.AddMars();
var app = builder.Build();
app.MapMars();
return await app.RunToTheEndAsync();
