using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;

namespace Mars.Client;

/// <summary>Several servers behind one client, by grpc-dotnet's own balancing: each call goes to the next one that can be reached.</summary>
internal static class Replicas
{
    private const string Scheme = "mars";
    private const string Dns = "dns";

    /// <summary>In turn: a camera's stream is one call, and stays where it began until its connection is lost.</summary>
    public static ServiceConfig Policy => new() { LoadBalancingConfigs = { new LoadBalancingConfig(DealingBalancerFactory.Policy) } };

    public static bool IsSecure(Uri address) => address.Scheme == Uri.UriSchemeHttps;

    /// <summary>The address that gRPC is given.</summary>
    /// <exception cref="ArgumentException">The addresses do not go together.</exception>
    public static Uri Target(Uri address, MarsClientOptions options)
    {
        if (options.MoreAddresses.Count == 0)
            return address;
        if (address.Scheme == Dns || options.MoreAddresses.Any(more => more.Scheme != address.Scheme))
            throw new ArgumentException($"several addresses must all be http:// or all https://: {string.Join(", ", options.MoreAddresses.Prepend(address))}", nameof(options));
        return new Uri($"{Scheme}:///{address.Authority}");
    }

    /// <summary>Gives gRPC the list of addresses, and the policy.</summary>
    public static IServiceProvider Services(Uri address, MarsClientOptions options) => new Provider(
        options.MoreAddresses.Count == 0 ? [] : [new StaticFactory([.. options.MoreAddresses.Prepend(address).Select(a => new BalancerAddress(a.Host, a.Port))])]);

    private sealed class Provider(ResolverFactory[] resolvers) : IServiceProvider
    {
        private readonly LoadBalancerFactory[] _balancers = [new DealingBalancerFactory()];

        public object? GetService(Type serviceType) =>
            serviceType == typeof(IEnumerable<ResolverFactory>) ? resolvers : serviceType == typeof(IEnumerable<LoadBalancerFactory>) ? _balancers : null;
    }

    private sealed class StaticFactory(BalancerAddress[] addresses) : ResolverFactory
    {
        public override string Name => Scheme;

        public override Resolver Create(ResolverOptions options) => new StaticResolver(addresses);
    }

    private sealed class StaticResolver(BalancerAddress[] addresses) : Resolver
    {
        public override void Start(Action<ResolverResult> listener) => listener(ResolverResult.ForResult(addresses));
    }
}
