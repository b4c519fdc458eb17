using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Mars.Inference.Models;
using Mars.V1;

namespace Mars.Benchmarks;

/// <summary>What a server did when its cameras sent as fast as it took.</summary>
/// <param name="Rate">Windows a second.</param>
/// <param name="ProcessorMs">Processor time of the server for a window, milliseconds of all cores together.</param>
internal readonly record struct Measured(double Rate, double ProcessorMs)
{
    public static Measured Mean(Measured a, Measured b) => new((a.Rate + b.Rate) / 2, (a.ProcessorMs + b.ProcessorMs) / 2);
}

/// <summary>How many windows a second a server answers when its cameras send as fast as it takes.</summary>
internal static class Capacity
{
    /// <summary>That a server is measured with.</summary>
    public const int Cameras = 8;

    /// <summary>The first package of a folder that is no ensemble.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static ModelPackage PackageOf(string models) => ModelRepository.Read(models, out _).FirstOrDefault(p => p.Manifest.Members.Count == 0)
        ?? throw new InvalidDataException($"{models} holds no model package with a graph: it is a folder of packages, NAME/VERSION/, as models/ is");

    /// <param name="server">Which.</param>
    /// <param name="model">Its model.</param>
    /// <param name="count">Cameras.</param>
    /// <param name="stride">Frames between windows.</param>
    /// <param name="seconds">After two of warming up; a little more, to the end of a batch.</param>
    public static async Task<Measured> MeasureAsync(BenchServer server, string model, int count, double seconds, int stride = 16)
    {
        var answered = 0;
        using var stop = new CancellationTokenSource();
        var cameras = Enumerable.Range(0, count).Select(CameraAsync).ToArray();
        await Task.Delay(2000);
        // From the end of a batch to the end of another: eight windows more or less in a few seconds would be some percent.
        var before = await RoundAsync();
        var (start, processor) = (Stopwatch.GetTimestamp(), server.ProcessorTime);
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        var windows = await RoundAsync() - before;
        var measured = new Measured(windows / Stopwatch.GetElapsedTime(start).TotalSeconds, (server.ProcessorTime - processor).TotalMilliseconds / windows);
        await stop.CancelAsync();
        await Task.WhenAll(cameras);
        return measured;

        // When each camera has one more answer, on average.
        async Task<int> RoundAsync()
        {
            var whole = ((Volatile.Read(ref answered) / count) + 1) * count;
            while (Volatile.Read(ref answered) < whole)
                await Task.Delay(1);
            return whole;
        }

        // Small raw frames, a window every 16: what is measured is the server's own share, not the decoding of JPEGs.
        async Task CameraAsync(int number)
        {
            using var call = server.Client.RecognizeStream(cancellationToken: stop.Token);
            var reading = Task.Run(async () =>
            {
                while (await call.ResponseStream.MoveNext(stop.Token))
                {
                    if (call.ResponseStream.Current.Prediction is not null)
                        Interlocked.Increment(ref answered);
                }
            });
            var pixels = new byte[32 * 24 * 3];
            new Random(number).NextBytes(pixels);
            var data = ByteString.CopyFrom(pixels);
            try
            {
                await call.RequestStream.WriteAsync(new RecognizeStreamRequest { Open = new OpenStream { CameraId = $"{number}", Model = model, Stride = (uint)stride, Mode = DeliveryMode.EveryWindow } }, stop.Token);
                for (var i = 1; ; i++)
                    await call.RequestStream.WriteAsync(new RecognizeStreamRequest { Frame = new Frame { Sequence = (ulong)i, Data = data, Format = PixelFormat.Rgb24, Width = 32, Height = 24 } }, stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
            {
                // Time is up.
            }
            try
            {
                await reading;
            }
            catch (Exception exception) when (exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
            {
                // The same.
            }
        }
    }
}
