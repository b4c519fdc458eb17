using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Mars.V1;

namespace Mars.Server.Tests;

/// <summary>One RecognizeStream call whose replies are collected as they come.</summary>
internal sealed class TestCamera : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly AsyncDuplexStreamingCall<RecognizeStreamRequest, RecognizeStreamResponse> _call;
    private readonly List<RecognizeStreamResponse> _replies = [];
    private readonly Task _reading;
    private readonly Task _opening;

    public TestCamera(RunningServer server, OpenStream? open = null)
        : this(server.Client, open)
    {
    }

    public TestCamera(ActionRecognition.ActionRecognitionClient client, OpenStream? open = null)
    {
        _call = client.RecognizeStream(cancellationToken: TestContext.Current.CancellationToken);
        _reading = ReadAsync();
        _opening = open is null ? Task.CompletedTask : _call.RequestStream.WriteAsync(new RecognizeStreamRequest { Open = open });
    }

    public IReadOnlyList<RecognizeStreamResponse> Replies
    {
        get
        {
            lock (_replies)
                return [.. _replies];
        }
    }

    public IEnumerable<Prediction> Predictions => Replies.Where(r => r.Prediction is not null).Select(r => r.Prediction);

    public IEnumerable<Notice> Notices => Replies.Where(r => r.Notice is not null).Select(r => r.Notice);

    public static OpenStream EveryWindow(string id, uint stride = 4) => new() { CameraId = id, Stride = stride, Mode = DeliveryMode.EveryWindow };

    /// <summary>A raw 64 x 48 frame of seeded noise, captured at sequence / 25 s.</summary>
    public static Frame Frame(int sequence, double? seconds = null)
    {
        var pixels = new byte[64 * 48 * 3];
        new Random(sequence).NextBytes(pixels);
        return new Frame
        {
            Sequence = (ulong)sequence,
            CaptureTime = Timestamp.FromDateTimeOffset(Start.AddSeconds(seconds ?? (sequence / 25.0))),
            Data = ByteString.CopyFrom(pixels),
            Format = PixelFormat.Rgb24,
            Width = 64,
            Height = 48,
        };
    }

    public Task SendAsync(Frame frame) => SendAsync(new RecognizeStreamRequest { Frame = frame });

    public async Task SendAsync(RecognizeStreamRequest message)
    {
        await _opening;
        await _call.RequestStream.WriteAsync(message);
    }

    public async Task SendAsync(int first, int count)
    {
        for (var i = first; i < first + count; i++)
            await SendAsync(Frame(i));
    }

    /// <summary>Half-closes and waits for the end.</summary>
    public async Task FinishAsync()
    {
        await _opening;
        await _call.RequestStream.CompleteAsync();
        await _reading.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>The status with which the server ends the call.</summary>
    public async Task<RpcException> FailureAsync() => await Assert.ThrowsAsync<RpcException>(() => _reading.WaitAsync(TimeSpan.FromSeconds(30)));

    public async Task<RecognizeStreamResponse> WaitForAsync(Predicate<RecognizeStreamResponse> wanted)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (Replies.FirstOrDefault(r => wanted(r)) is { } reply)
                return reply;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException("no such reply within 20 s");
    }

    public void Dispose() => _call.Dispose();

    private async Task ReadAsync()
    {
        await foreach (var reply in _call.ResponseStream.ReadAllAsync())
        {
            lock (_replies)
                _replies.Add(reply);
        }
    }
}
