using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Mars.Server.Security;
using Mars.V1;

namespace Mars.Server.Tests.Security;

public sealed class RoleTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoKey_EveryCallIsUnauthenticated_HealthIsOpen()
    {
        var (_, settings) = SecureServer.Caller("door", CallerRole.Publisher);
        await using var secure = await SecureServer.StartAsync(settings);
        var client = secure.Client();

        var camera = new TestCamera(client, TestCamera.EveryWindow("door-1"));
        Assert.Equal(StatusCode.Unauthenticated, (await camera.FailureAsync()).StatusCode);
        camera.Dispose();
        await RefusedAsync(StatusCode.Unauthenticated, () => client.RecognizeAsync(new RecognizeRequest(), cancellationToken: Cancellation));
        await RefusedAsync(StatusCode.Unauthenticated, () => client.ListCamerasAsync(new ListCamerasRequest(), cancellationToken: Cancellation));
        await RefusedAsync(StatusCode.Unauthenticated, () => client.ListModelsAsync(new ListModelsRequest(), cancellationToken: Cancellation));
        await RefusedAsync(StatusCode.Unauthenticated, () => new ModelAdmin.ModelAdminClient(secure.Server.Channel).ReloadModelsAsync(new ReloadModelsRequest(), cancellationToken: Cancellation));
        var watching = await WatchAsync(client, new WatchCamerasRequest());
        Assert.Equal(StatusCode.Unauthenticated, watching.StatusCode);
        Assert.Contains("x-api-key", watching.Status.Detail, StringComparison.Ordinal);

        var health = new Grpc.Health.V1.Health.HealthClient(secure.Server.Channel);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest(), cancellationToken: Cancellation)).Status);
    }

    [Fact]
    public async Task EachRole_MayDoItsOwnAndNoMore()
    {
        var (publisher, first) = SecureServer.Caller("door", "publisher:door-*");
        var (viewer, second) = SecureServer.Caller("guard", "viewer");
        var (administrator, third) = SecureServer.Caller("boss", "administrator");
        await using var secure = await SecureServer.StartAsync([.. first, .. second, .. third]);

        await RecognizeAsync(secure.Client(Credentials.KeyHeader, publisher));
        await RefusedAsync(StatusCode.PermissionDenied, () => secure.Client(Credentials.KeyHeader, publisher).ListCamerasAsync(new ListCamerasRequest(), cancellationToken: Cancellation));
        await RefusedAsync(StatusCode.PermissionDenied, () => Admin(secure, publisher).ReloadModelsAsync(new ReloadModelsRequest(), cancellationToken: Cancellation));

        Assert.NotNull(await secure.Client(Credentials.KeyHeader, viewer).ListCamerasAsync(new ListCamerasRequest(), cancellationToken: Cancellation));
        await RefusedAsync(StatusCode.PermissionDenied, () => secure.Client(Credentials.KeyHeader, viewer).RecognizeAsync(new RecognizeRequest(), cancellationToken: Cancellation));
        await RefusedAsync(StatusCode.PermissionDenied, () => Admin(secure, viewer).ReloadModelsAsync(new ReloadModelsRequest(), cancellationToken: Cancellation));

        await RecognizeAsync(secure.Client(Credentials.KeyHeader, administrator));
        Assert.NotNull(await secure.Client(Credentials.KeyHeader, administrator).ListCamerasAsync(new ListCamerasRequest(), cancellationToken: Cancellation));
        Assert.NotNull(await Admin(secure, administrator).ReloadModelsAsync(new ReloadModelsRequest(), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Cameras_OnlyThoseOfTheCallersPattern()
    {
        var (publisher, first) = SecureServer.Caller("door", "publisher:door-*");
        var (viewer, second) = SecureServer.Caller("guard", "viewer:door-1", "publisher:yard-*");
        await using var secure = await SecureServer.StartAsync([.. first, .. second]);
        var doors = secure.Client("authorization", $"Bearer {publisher}");
        var guard = secure.Client(Credentials.KeyHeader, viewer);

        using var forbidden = new TestCamera(doors, TestCamera.EveryWindow("yard-1"));
        Assert.Equal(StatusCode.PermissionDenied, (await forbidden.FailureAsync()).StatusCode);
        using var one = new TestCamera(doors, TestCamera.EveryWindow("door-1"));
        using var two = new TestCamera(doors, TestCamera.EveryWindow("door-2"));
        await one.WaitForAsync(r => r.Opened is not null);
        await two.WaitForAsync(r => r.Opened is not null);

        Assert.Equal(["door-1"], (await guard.ListCamerasAsync(new ListCamerasRequest(), cancellationToken: Cancellation)).Cameras.Select(c => c.CameraId));
        Assert.Equal(StatusCode.PermissionDenied, (await WatchAsync(guard, new WatchCamerasRequest { CameraIds = { "door-1", "door-2" } })).StatusCode);
        using var watch = guard.WatchCameras(new WatchCamerasRequest { Predictions = true }, cancellationToken: Cancellation);
        await watch.ResponseHeadersAsync.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        await two.SendAsync(1, 20);
        await two.FinishAsync();
        await one.SendAsync(1, 20);
        await one.FinishAsync();
        var seen = new List<string>();
        await foreach (var update in watch.ResponseStream.ReadAllAsync(Cancellation))
        {
            seen.Add(update.CameraId);
            if (update.State is { Connected: false })
                break;
        }
        Assert.Equal(["door-1"], seen.Distinct());
        Assert.True(seen.Count > 2);
        Assert.Contains(secure.Log.Audit, l => l.Contains("'door' may not publish camera 'yard-1'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reflection_OnlyForCallersWhoAreKnown()
    {
        var (key, settings) = SecureServer.Caller("guard", CallerRole.Viewer);
        await using var secure = await SecureServer.StartAsync(settings);

        async Task<bool> AskAsync(string header)
        {
            using var call = new ServerReflection.ServerReflectionClient(secure.Invoker(header, key)).ServerReflectionInfo(cancellationToken: Cancellation);
            await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, Cancellation);
            return await call.ResponseStream.MoveNext(Cancellation);
        }
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => AskAsync(""))).StatusCode);
        Assert.True(await AskAsync(Credentials.KeyHeader));
    }

    [Theory]
    [InlineData("Loopback", HttpStatusCode.OK)]
    [InlineData("Viewer", HttpStatusCode.Unauthorized)]
    public async Task Metrics_AsConfigured_AndForViewersAlways(string access, HttpStatusCode expected)
    {
        var (viewer, first) = SecureServer.Caller("guard", CallerRole.Viewer);
        var (publisher, second) = SecureServer.Caller("door", CallerRole.Publisher);
        await using var secure = await SecureServer.StartAsync([.. first, .. second, ("Mars:Security:Metrics", access)]);
        using var http = new HttpClient();
        async Task<HttpStatusCode> GetAsync(string path, string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(secure.Server.Address + path));
            if (key is not null)
                request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"x:{key}")));
            using var response = await http.SendAsync(request, Cancellation);
            return response.StatusCode;
        }
        Assert.Equal(expected, await GetAsync("/metrics", null));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/metrics", viewer));
        Assert.Equal(access == "Viewer" ? HttpStatusCode.Forbidden : HttpStatusCode.OK, await GetAsync("/metrics", publisher));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/readyz", null));
    }

    private static ModelAdmin.ModelAdminClient Admin(SecureServer secure, string key) => new(secure.Invoker(Credentials.KeyHeader, key));

    internal static async Task RecognizeAsync(ActionRecognition.ActionRecognitionClient client)
    {
        var request = new RecognizeRequest { Frames = new FrameSequence { FrameRate = 25 } };
        request.Frames.Frames.AddRange(Enumerable.Range(1, 16).Select(i => TestCamera.Frame(i)));
        Assert.NotEmpty((await client.RecognizeAsync(request, cancellationToken: Cancellation)).Actions);
    }

    internal static async Task<RpcException> RefusedAsync<T>(StatusCode status, Func<AsyncUnaryCall<T>> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call());
        Assert.Equal(status, failure.StatusCode);
        return failure;
    }

    private static async Task<RpcException> WatchAsync(ActionRecognition.ActionRecognitionClient client, WatchCamerasRequest request)
    {
        using var call = client.WatchCameras(request, cancellationToken: Cancellation);
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));
    }
}
