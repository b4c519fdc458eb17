using System.CommandLine;
using Mars.Client.Reporting;
using Mars.V1;
using Spectre.Console;

namespace Mars.Client.Commands;

/// <summary>mars models</summary>
internal static class ModelsCommand
{
    public static Command Create(Terminal terminal)
    {
        var server = ServerOption.Create();
        var json = new Option<bool>("--json") { Description = "One JSON object for each model, on a line of its own." };
        var command = new Command("models", "List the models that a server serves.") { server, json };
        var credentials = new CredentialOptions();
        credentials.AddTo(command);
        command.SetAction((parsed, cancellation) => ServerOption.CallAsync(parsed.GetRequiredValue(server), credentials.ToClient(parsed), async client =>
        {
            var models = await client.ListModelsAsync(cancellation);
            if (parsed.GetValue(json))
                WriteJson(new JsonLines(terminal.Out), models);
            else
                terminal.Console.Write(Table(models));
            return 0;
        }));
        return command;
    }

    private static void WriteJson(JsonLines lines, IEnumerable<ModelInfo> models)
    {
        foreach (var model in models)
        {
            lines.Write(new
            {
                Type = "model",
                model.Model.Name,
                model.Model.Version,
                model.Kind,
                model.Precision,
                model.ExecutionProvider,
                model.ClipLength,
                model.FrameRate,
                model.IsDefault,
                Labels = model.Labels.ToArray(),
            });
        }
    }

    private static Table Table(IEnumerable<ModelInfo> models)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("model", "version", "stream", "precision", "runs on", "frames", "rate", "labels");
        foreach (var model in models)
        {
            var name = Markup.Escape(model.Model.Name);
            table.AddRow(
                model.IsDefault ? $"[bold]{name}[/] (default)" : name,
                Markup.Escape(model.Model.Version),
                Markup.Escape(model.Kind),
                Markup.Escape(model.Precision),
                Markup.Escape(model.ExecutionProvider),
                $"{model.ClipLength}",
                $"{model.FrameRate:0.##}",
                Markup.Escape($"{model.Labels.Count}: {string.Join(", ", model.Labels.Take(8))}{(model.Labels.Count > 8 ? ", …" : "")}"));
        }
        return table;
    }
}
