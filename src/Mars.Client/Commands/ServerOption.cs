using System.CommandLine;
using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace Mars.Client.Commands;

/// <summary>`--server`, shared by the commands that need one.</summary>
internal static class ServerOption
{
    private const string Variable = "MARS_SERVER_URL";
    private const string Default = "http://127.0.0.1:5150";

    public static Option<Uri> Create()
    {
        var option = new Option<Uri>("--server")
        {
            Description = $"Where the server is: http://host:port or https://host:port (environment: {Variable}).",
            HelpName = "URL",
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
                    return address;
                result.AddError($"'{result.Tokens[0].Value}' is not an address: http://host:port or https://host:port");
                return null;
            },
            DefaultValueFactory = _ => new Uri(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set : Default),
        };
        return option;
    }

    /// <summary>Runs a command against the server; where none listens, says how to start one.</summary>
    public static async Task<int> CallAsync(Uri address, MarsClientOptions options, Func<MarsClient, Task<int>> command)
    {
        using var client = new MarsClient(address, options);
        try
        {
            return await command(client);
        }
        catch (MarsException error) when (Tls(error.InnerException) is { } fault)
        {
            throw new MarsException($"no TLS connection to {address.GetLeftPart(UriPartial.Authority)}: {fault} A certificate of an authority of your own: --ca FILE. A server without TLS: http://", error);
        }
        catch (MarsException error) when (error.Status == StatusCode.Unavailable && error.InnerException is RpcException { Status.DebugException: HttpRequestException or SocketException or TimeoutException })
        {
            throw new ServerMissingException(address, ((RpcException)error.InnerException).Status.DebugException!);
        }
    }

    private static string? Tls(Exception? error)
    {
        for (var cause = (error as RpcException)?.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException)
                return $"{cause.Message.TrimEnd('.')}.";
        }
        return null;
    }
}
