using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mars.Server.Hosting;

/// <summary>
/// gRPC (HTTP/2) and browsers, probes and Prometheus (HTTP/1.1) on one port without TLS. With TLS the client says which it speaks (ALPN); without, Kestrel takes
/// HTTP/1.1 unless told otherwise, so the first bytes are looked at: HTTP/2 begins with "PRI " (RFC 9113, section 3.4), which no HTTP/1.1 request does.
/// </summary>
internal static class ProtocolSniffer
{
    // Kestrel lets a TLS callback choose a connection's protocols by this feature, which is not public. Where a later .NET has it no more, it will detect
    // the preface itself (dotnet/aspnetcore#67782); the test ServerHttpTests.OnePort_SpeaksBoth would tell.
    private static readonly Type? ProtocolsFeature = typeof(ListenOptions).Assembly.GetTypes().FirstOrDefault(t => t.Name == "HttpProtocolsFeature");

    // As long as Kestrel waits for the head of a request.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static ReadOnlySpan<byte> Http2Preface => "PRI "u8;

    public static void DetectHttp2(this ListenOptions listen) => listen.Use(next => async (ConnectionContext connection) =>
    {
        try
        {
            await DetectAsync(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The peer left, said nothing for too long, or the server is stopping: there is no request to answer.
            connection.Abort();
            return;
        }
        await next(connection).ConfigureAwait(false);
    });

    private static async Task DetectAsync(ConnectionContext connection)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        timeout.CancelAfter(Patience);
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(timeout.Token).ConfigureAwait(false);
            var enough = read.Buffer.Length >= Http2Preface.Length;
            if (enough && ProtocolsFeature is not null && StartsWithPreface(read.Buffer))
                connection.Features[ProtocolsFeature] = Activator.CreateInstance(ProtocolsFeature, HttpProtocols.Http2);
            input.AdvanceTo(read.Buffer.Start, enough ? read.Buffer.Start : read.Buffer.End);
            if (enough || read.IsCompleted)
                return;
        }
    }

    private static bool StartsWithPreface(ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[Http2Preface.Length];
        buffer.Slice(0, first.Length).CopyTo(first);
        return first.SequenceEqual(Http2Preface);
    }
}
