using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using MQTTnet;

namespace Mars.Server.Events;

/// <summary>
/// Publishes each event as JSON, and for each label of each camera whether it is going on, retained. The broker may forget what it retains, so all of it is told again after
/// each connect; and after the first, what an earlier life of this server left ON is set right.
/// </summary>
internal sealed class MqttSink : IEventSink
{
    // Camera ids may be random; a broker should not fill up with them.
    private const int MaxStates = 10_000;

    // A broker does not say when it has sent all that it retains.
    private static readonly TimeSpan RetainedArrive = TimeSpan.FromSeconds(1);

    private readonly MqttOptions _options;
    private readonly MqttTopics _topics;
    private readonly TimeProvider _time;
    private readonly MqttConnection _connection;
    private readonly ConcurrentDictionary<(string Camera, string Label), bool> _states = new();
    private bool _swept;

    public MqttSink(MqttOptions options, TimeProvider time, ILogger log)
    {
        (_options, _time, _topics) = (options, time, new MqttTopics(options));
        Scope = new SinkScope(options.Cameras, options.Labels);
        _connection = new MqttConnection(options, _topics.Available, OnConnectedAsync, time, log);
    }

    public string Name => "mqtt";

    public SinkScope Scope { get; }

    public TimeSpan MaxRetryDelay => TimeSpan.FromSeconds(5);

    public async Task<Delivery> DeliverAsync(SinkEvent action, CancellationToken cancellation)
    {
        try
        {
            await _connection.PublishAsync(MqttConnection.Message(_topics.Events(action.Camera), EventJson.Write(action), retain: false), cancellation).ConfigureAwait(false);
            var state = (action.Camera, action.Label);
            var known = _states.ContainsKey(state);
            if (!known && _states.Count >= MaxStates)
                return Delivery.Delivered;
            _states[state] = action.Started;
            if (!known)
                await AnnounceAsync(state, m => _connection.PublishAsync(m, cancellation)).ConfigureAwait(false);
            await _connection.PublishAsync(State(state, action.Started), cancellation).ConfigureAwait(false);
            return Delivery.Delivered;
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            // The connection broke meanwhile, or the broker said no; MQTTnet has many kinds.
            return Delivery.Failed(exception.Message);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task OnConnectedAsync(IMqttClient client, CancellationToken cancellation)
    {
        if (!_swept)
        {
            foreach (var topic in await LeftOnAsync(client, cancellation).ConfigureAwait(false))
                await MqttConnection.PublishAsync(client, MqttConnection.Retained(topic, MqttTopics.Off), cancellation).ConfigureAwait(false);
            _swept = true;
        }
        foreach (var (state, on) in _states)
        {
            await AnnounceAsync(state, m => MqttConnection.PublishAsync(client, m, cancellation)).ConfigureAwait(false);
            await MqttConnection.PublishAsync(client, State(state, on), cancellation).ConfigureAwait(false);
        }
    }

    private async Task<IEnumerable<string>> LeftOnAsync(IMqttClient client, CancellationToken cancellation)
    {
        var on = new ConcurrentQueue<string>();
        Task OnMessage(MqttApplicationMessageReceivedEventArgs args)
        {
            if (args.ApplicationMessage.Retain && Encoding.UTF8.GetString(args.ApplicationMessage.Payload.ToArray()) == MqttTopics.On)
                on.Enqueue(args.ApplicationMessage.Topic);
            return Task.CompletedTask;
        }
        client.ApplicationMessageReceivedAsync += OnMessage;
        try
        {
            await client.SubscribeAsync(_topics.AnyState, cancellationToken: cancellation).ConfigureAwait(false);
            await Task.Delay(RetainedArrive, _time, cancellation).ConfigureAwait(false);
            await client.UnsubscribeAsync(_topics.AnyState, cancellation).ConfigureAwait(false);
        }
        finally
        {
            client.ApplicationMessageReceivedAsync -= OnMessage;
        }
        return on;
    }

    private Task AnnounceAsync((string Camera, string Label) state, Func<MqttApplicationMessage, Task> publish) => _options.Discovery
        ? publish(MqttConnection.Message(_topics.Discovery(state.Camera, state.Label), _topics.DiscoveryMessage(state.Camera, state.Label), retain: true))
        : Task.CompletedTask;

    private MqttApplicationMessage State((string Camera, string Label) state, bool on) =>
        MqttConnection.Retained(_topics.State(state.Camera, state.Label), on ? MqttTopics.On : MqttTopics.Off);
}
