using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Mars.Server.Events;

/// <summary>A connection to a broker that comes back by itself. Everything is published with QoS 1: a call returns when the broker has the message.</summary>
internal sealed partial class MqttConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly MqttClientOptions _options;
    private readonly string _available;
    private readonly Func<IMqttClient, CancellationToken, Task> _connected;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="options">The broker.</param>
    /// <param name="available">The topic of the last will.</param>
    /// <param name="connected">Run after each connect, before anything else is published.</param>
    /// <param name="time">The clock of delays.</param>
    /// <param name="log">Told when the connection breaks and comes back.</param>
    public MqttConnection(MqttOptions options, string available, Func<IMqttClient, CancellationToken, Task> connected, TimeProvider time, ILogger log)
    {
        (_options, _available, _connected, _time, _log) = (Build(options, available), available, connected, time, log);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Publishes; waits for the connection first.</summary>
    /// <exception cref="Exception">It could not; MQTTnet has many kinds.</exception>
    public async Task PublishAsync(MqttApplicationMessage message, CancellationToken cancellation)
    {
        await Volatile.Read(ref _ready).Task.WaitAsync(cancellation).ConfigureAwait(false);
        await PublishAsync(_client, message, cancellation).ConfigureAwait(false);
    }

    public static async Task PublishAsync(IMqttClient client, MqttApplicationMessage message, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        var result = await client.PublishAsync(message, limit.Token).ConfigureAwait(false);
        if (!result.IsSuccess)
            throw new IOException($"the broker answered {result.ReasonCode}");
    }

    public static MqttApplicationMessage Message(string topic, byte[] payload, bool retain) => new MqttApplicationMessageBuilder()
        .WithTopic(topic).WithPayload(payload).WithRetainFlag(retain).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();

    public static MqttApplicationMessage Retained(string topic, string payload) => Message(topic, System.Text.Encoding.UTF8.GetBytes(payload), retain: true);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        try
        {
            if (_client.IsConnected)
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                await PublishAsync(_client, Retained(_available, MqttTopics.Offline), limit.Token).ConfigureAwait(false);
                await _client.DisconnectAsync(new MqttClientDisconnectOptions(), limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // Then the last will says it.
            LogLost(exception.Message);
        }
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            Task OnLost(MqttClientDisconnectedEventArgs args)
            {
                lost.TrySetResult(args.Exception?.Message ?? args.Reason.ToString());
                return Task.CompletedTask;
            }
            _client.DisconnectedAsync += OnLost;
            try
            {
                await ConnectAsync().ConfigureAwait(false);
                failures = 0;
                LogConnected();
                _ready.TrySetResult();
                var reason = await lost.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
                LogLost(reason);
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                // Whatever it was (MQTTnet, sockets and TLS have many kinds), the next attempt may do.
                if (failures++ == 0)
                    LogFailed(exception.Message);
                await AbandonAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            finally
            {
                _client.DisconnectedAsync -= OnLost;
            }
            if (_ready.Task.IsCompleted)
                Volatile.Write(ref _ready, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            await WaitAsync(failures).ConfigureAwait(false);
        }
    }

    private async Task ConnectAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(Patience);
        var result = await _client.ConnectAsync(_options, limit.Token).ConfigureAwait(false);
        if (result.ResultCode != MqttClientConnectResultCode.Success)
            throw new IOException($"the broker answered {result.ResultCode}");
        await PublishAsync(_client, Retained(_available, MqttTopics.Online), _stop.Token).ConfigureAwait(false);
        await _connected(_client, _stop.Token).ConfigureAwait(false);
    }

    // After a connect whose first messages failed.
    private async Task AbandonAsync()
    {
        try
        {
            if (_client.IsConnected)
                await _client.DisconnectAsync(new MqttClientDisconnectOptions(), _stop.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogLost(exception.Message);
        }
    }

    private async Task WaitAsync(int failures)
    {
        var longest = Math.Min(FirstDelay.TotalSeconds * Math.Pow(2, Math.Min(failures, 30)), LongestDelay.TotalSeconds);
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(longest * (0.5 + (0.5 * Random.Shared.NextDouble()))), _time, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private static MqttClientOptions Build(MqttOptions options, string available)
    {
        var port = options.Port > 0 ? options.Port : options.Tls ? 8883 : 1883;
        // 3.1.1: every broker speaks it.
        var builder = new MqttClientOptionsBuilder()
            .WithTcpServer(options.Host, port)
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithClientId(options.ClientId)
            .WithCleanSession()
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(15))
            .WithTimeout(Patience)
            .WithWillTopic(available)
            .WithWillPayload(MqttTopics.Offline)
            .WithWillRetain()
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        if (options.User.Length > 0)
            builder = builder.WithCredentials(options.User, SecretText.Read(options.Password, options.PasswordFile));
        if (options.Tls)
        {
            builder = builder.WithTlsOptions(tls =>
            {
                tls.UseTls();
                if (options.CaFile.Length > 0)
                    tls.WithTrustChain(Certificates(options.CaFile));
            });
        }
        return builder.Build();
    }

    private static X509Certificate2Collection Certificates(string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(path);
        return certificates;
    }

    [LoggerMessage(1, LogLevel.Information, "connected to the MQTT broker", EventName = "MqttConnected")]
    private partial void LogConnected();

    [LoggerMessage(2, LogLevel.Warning, "the MQTT broker has gone: {Reason}", EventName = "MqttLost")]
    private partial void LogLost(string reason);

    [LoggerMessage(3, LogLevel.Warning, "cannot connect to the MQTT broker: {Reason}; trying again", EventName = "MqttFailed")]
    private partial void LogFailed(string reason);
}
