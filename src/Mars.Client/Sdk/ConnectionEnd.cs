using Grpc.Core;

namespace Mars.Client;

/// <summary>How a connection ended.</summary>
/// <param name="Completed">Everything was sent and everything due was answered.</param>
/// <param name="Error">What broke it; null when the server ended it in good order.</param>
internal readonly record struct ConnectionEnd(bool Completed, RpcException? Error);
