using Grpc.Core;
using Grpc.Net.Client.Balancer;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mars.Client;

/// <summary>
/// Deals calls out in turn over the servers that can be reached, as gRPC's own round robin does, but does not begin before each server has had a moment to be reached:
/// cameras that start together would otherwise all fall to the one that was there first, and stay.
/// </summary>
internal sealed class DealingBalancer : SubchannelsLoadBalancer
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly IChannelControlHelper _channel;
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private IReadOnlyList<Subchannel> _reached = [];
    private int _expected;
    private bool _waiting = true;

    public DealingBalancer(IChannelControlHelper channel)
        : base(channel, NullLoggerFactory.Instance)
    {
        _channel = channel;
        _timer = new Timer(_ => StopWaiting(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override void UpdateChannelState(ChannelState state)
    {
        lock (_gate)
            _expected = state.Addresses?.Count ?? 0;
        base.UpdateChannelState(state);
    }

    protected override SubchannelPicker CreatePicker(IReadOnlyList<Subchannel> readySubchannels)
    {
        lock (_gate)
        {
            if (_reached.Count == 0 && _waiting)
                _timer.Change(Patience, Timeout.InfiniteTimeSpan);
            _reached = readySubchannels;
            _waiting &= readySubchannels.Count < _expected;
            return _waiting ? new Queue() : new Turns(readySubchannels);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _timer.Dispose();
        base.Dispose(disposing);
    }

    private void StopWaiting()
    {
        lock (_gate)
        {
            if (!_waiting)
                return;
            _waiting = false;
            _channel.UpdateState(new BalancerState(ConnectivityState.Ready, new Turns(_reached)));
        }
    }

    private sealed class Queue : SubchannelPicker
    {
        public override PickResult Pick(PickContext context) => PickResult.ForQueue();
    }

    private sealed class Turns(IReadOnlyList<Subchannel> servers) : SubchannelPicker
    {
        // From anywhere: many clients that began with the first would all fall on it.
        private int _next = Random.Shared.Next(servers.Count);

        public override PickResult Pick(PickContext context) => PickResult.ForSubchannel(servers[(int)((uint)Interlocked.Increment(ref _next) % (uint)servers.Count)]);
    }
}

/// <summary>Makes <see cref="DealingBalancer"/>s.</summary>
internal sealed class DealingBalancerFactory : LoadBalancerFactory
{
    public const string Policy = "mars_dealing";

    public override string Name => Policy;

    public override LoadBalancer Create(LoadBalancerOptions options) => new DealingBalancer(options.Controller);
}
