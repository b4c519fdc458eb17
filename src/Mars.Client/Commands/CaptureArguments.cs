using System.CommandLine;
using Mars.Client.Cameras;
using Mars.Client.Sources;

namespace Mars.Client.Commands;

/// <summary>How `mars watch` reaches a camera.</summary>
internal sealed class CaptureArguments
{
    private readonly Option<string?> _user = new("--user") { Description = "User name at the camera, as it is; in the address # / ? @ : % are written %23 %2F %3F %40 %3A %25.", HelpName = "NAME" };

    private readonly Option<FileInfo?> _passwordFile = new("--password-file") { Description = "File whose first line is the password at the camera; - reads it from standard input.", HelpName = "FILE" };

    private readonly Option<string> _transport = new("--rtsp-transport")
    {
        Description = "How an RTSP camera sends. auto: TCP, and UDP where the camera refuses TCP.",
        HelpName = "auto|tcp|udp|http",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<TimeSpan?> _giveUpAfter = new("--give-up-after")
    {
        Description = "End with exit code 1 once a camera has been lost for that long (30s, 5m, 0). Without this option it is opened again and again.",
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (DurationOption.TryParse(result.Tokens[0].Value, out var time))
                return time;
            result.AddError($"--give-up-after: '{result.Tokens[0].Value}' is not a time: 500ms, 30s (or 30), 5m, 1h");
            return null;
        },
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_user, _passwordFile, _transport, _giveUpAfter])
            command.Add(option);
        _transport.AcceptOnlyFromAmong("auto", "tcp", "udp", "http");
    }

    /// <exception cref="SourceException">The password cannot be read.</exception>
    public SourceOptions ToSource(ParseResult parsed, double frameRate) => new()
    {
        FrameRate = frameRate,
        GiveUpAfter = parsed.GetValue(_giveUpAfter),
        Capture = new CaptureOptions
        {
            User = parsed.GetValue(_user),
            Password = parsed.GetValue(_passwordFile) is { } file ? Password(file.ToString()) : null,
            Transport = Enum.Parse<RtspTransport>(parsed.GetRequiredValue(_transport), ignoreCase: true),
        },
    };

    private static string Password(string file)
    {
        try
        {
            using var reader = file == "-" ? Console.In : new StreamReader(file);
            return reader.ReadLine() is { Length: > 0 } line ? line : throw new SourceException($"--password-file {file} has no first line");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"--password-file: {error.Message}");
        }
    }
}
