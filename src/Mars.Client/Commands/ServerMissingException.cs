namespace Mars.Client.Commands;

/// <summary>Nothing listens where the server should be.</summary>
internal sealed class ServerMissingException(Uri address, Exception inner) : Exception(
    address.IsLoopback ? $"no Mars server at {address.GetLeftPart(UriPartial.Authority)}: start it with ./mars serve" : $"no Mars server at {address.GetLeftPart(UriPartial.Authority)}: {inner.Message}",
    inner);
