using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Mars.Client.Tests.Support;
using Mars.Server.Security;
using Mars.V1;
using Microsoft.AspNetCore.Builder;

namespace Mars.Server.Tests.Security;

/// <summary>A server that asks who calls, with a tiny model, and its log.</summary>
internal sealed class SecureServer : IAsyncDisposable
{
    private static readonly Lazy<string> Models = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("mars-secure-").FullName;
        TinyModel.Write(folder);
        return folder;
    });

    private SecureServer(RunningServer server, LogLines log)
    {
        Server = server;
        Log = log;
    }

    public RunningServer Server { get; }

    public LogLines Log { get; }

    public static Task<SecureServer> StartAsync(params (string Key, string Value)[] settings) => StartAsync(_ => { }, settings);

    public static async Task<SecureServer> StartAsync(Action<WebApplicationBuilder> configure, params (string Key, string Value)[] settings)
    {
        var log = new LogLines();
        return new SecureServer(await RunningServer.StartAsync(log.AddTo + configure, [("Mars:Models:Folder", Models.Value), .. settings]), log);
    }

    /// <summary>A key, and the settings that make a caller of it.</summary>
    public static (string Key, (string, string)[] Settings) Caller(string name, params string[] roles)
    {
        var key = ApiKey.Create();
        return (key, [($"Mars:Security:Callers:{name}:Key", ApiKey.Write(ApiKey.Hash(key))), .. roles.Select((role, i) => ($"Mars:Security:Callers:{name}:Roles:{i}", role))]);
    }

    public ActionRecognition.ActionRecognitionClient Client(string header = "", string value = "") => new(Invoker(header, value));

    public CallInvoker Invoker(string header, string value) => Invoker(Server.Channel, header, value);

    public static CallInvoker Invoker(GrpcChannel channel, string header, string value) => channel.Intercept(metadata =>
    {
        if (header.Length > 0)
            metadata.Add(header, value);
        return metadata;
    });

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
