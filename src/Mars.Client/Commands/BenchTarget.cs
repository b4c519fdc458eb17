using System.CommandLine;
using Mars.Client.Cameras;
using Mars.Client.Demo;
using Mars.Client.Load;

namespace Mars.Client.Commands;

/// <summary>What the benches have in common: the server, the video, and where to write.</summary>
internal sealed class BenchTarget
{
    // The same pictures on every run, none of which a model has learned from.
    private const int VideoSeed = 1_000_000;
    private const double VideoSeconds = 20;

    private readonly Option<string?> _server = new("--server") { Description = "A server that runs: http://host:port or https://host:port. Otherwise one is started for the bench, as another process.", HelpName = "URL" };

    private readonly Option<int?> _processId = new("--server-pid") { Description = "Process id of that server, where it runs on this machine: its processor time and memory are measured then.", HelpName = "PID" };

    private readonly Option<string?> _models = new("--models") { Description = "Model packages for the bench's own server.", HelpName = "DIR" };

    private readonly Option<string?> _provider = new("--provider") { Description = "What runs the models of the bench's own server: cpu, cuda or tensorrt.", HelpName = "NAME" };

    private readonly Option<string?> _source = new("--source") { Description = "What the cameras see: a video file or a folder of pictures, encoded once and played in a loop. Otherwise a video is rendered.", HelpName = "FILE" };

    private readonly Option<string?> _json = new("--json") { Description = "Write all figures into this file.", HelpName = "FILE" };

    private readonly CredentialOptions _credentials = new();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_server, _processId, _models, _provider, _source, _json])
            command.Add(option);
        _credentials.AddTo(command);
        _server.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !(Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
                result.AddError($"'{text}' is not an address: http://host:port or https://host:port");
        });
        command.Validators.Add(result =>
        {
            var running = result.GetValue(_server) is not null;
            if (running && (result.GetValue(_models) ?? result.GetValue(_provider)) is not null)
                result.AddError("--models and --provider are for a server that the bench starts: leave out --server, or give them to ./mars serve");
            if (!running && result.GetValue(_processId) is not null)
                result.AddError("--server-pid goes with --server");
        });
    }

    /// <summary>The packages of the bench's own server; null where the server runs already.</summary>
    public string? Models(ParseResult parsed) => parsed.GetValue(_server) is null ? parsed.GetValue(_models) ?? ServerFiles.Models() : null;

    /// <summary>The server, started if need be.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="models">Packages for a server that is started; null means those of the command line.</param>
    /// <param name="progress">Told what is done.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<LoadTarget> OpenAsync(ParseResult parsed, string? models, ProgressLine progress, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_server) is { } server)
            return LoadTarget.Running(new Uri(server), _credentials.ToClient(parsed), parsed.GetValue(_processId));
        progress.Step("starting a server of the bench's own");
        return await LoadTarget.StartAsync(models ?? parsed.GetValue(_models), parsed.GetValue(_provider), cancellationToken);
    }

    /// <summary>What the cameras send.</summary>
    public async Task<FrameLoop> FramesAsync(ParseResult parsed, ProgressLine progress, CancellationToken cancellationToken)
    {
        var file = parsed.GetValue(_source);
        progress.Step(file is null ? $"rendering {VideoSeconds:0} s of video for the cameras" : $"reading {CameraAddress.Masked(file)}");
        var frames = await Task.Run(
            () =>
            {
                if (file is not null)
                    return FrameLoop.Read(file, cancellationToken);
                using var folder = new TemporaryFolder();
                return FrameLoop.Read(DemoVideos.Render(folder.Path, VideoSeed, VideoSeconds).Path, cancellationToken);
            },
            cancellationToken);
        progress.Step($"{frames.Count} frames, {frames.MeanBytes / 1000:0.0} kB each");
        return frames;
    }

    public void WriteJson(ParseResult parsed, object report)
    {
        if (parsed.GetValue(_json) is { } file)
            LoadJson.Write(file, report);
    }
}
