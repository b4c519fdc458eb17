using System.Collections.Concurrent;
using System.Diagnostics;
using Mars.Client.Tests.Sdk;
using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Replicas;

/// <summary>Cameras stream in real time through whatever stands before three servers, and one of the servers is killed.</summary>
internal static class KilledReplica
{
    private const int Cameras = 6;
    private const int Frames = 200;
    private const int KillAt = 75;
    private const int Stride = 4;

    /// <summary>What docs/reliability.md promises of a machine that has time.</summary>
    public static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);

    /// <summary>No window of any camera is lost or repeated.</summary>
    /// <param name="replicas">Three servers.</param>
    /// <param name="connect">Makes a camera's client.</param>
    /// <param name="rate">Frames per second that each camera sends.</param>
    /// <returns>The longest time until a camera of the killed server was answered elsewhere.</returns>
    public static async Task<TimeSpan> CamerasGoOnAsync(ReplicaSet replicas, Func<MarsClient> connect, double rate = 100)
    {
        var answers = new ConcurrentDictionary<string, List<(long At, ulong Last)>>();
        var clients = Enumerable.Range(0, Cameras).Select(_ => connect()).ToList();
        var half = new TaskCompletionSource();
        var streaming = clients.Select((client, i) => StreamAsync(client, $"camera-{i}", answers, half, rate)).ToList();

        await await Task.WhenAny(half.Task, Task.WhenAll(streaming));
        var victim = replicas.Servers[1];
        var moved = await ReplicaSet.CamerasAsync(victim);
        await replicas.KillAsync(victim);
        var killed = Stopwatch.GetTimestamp();
        await Task.WhenAll(streaming);

        // Otherwise nothing was dealt out, and the test would show nothing.
        Assert.InRange(moved.Count, 1, Cameras - 1);
        Assert.All(answers.Values, got => Assert.Equal(CameraStreamTests.Expected(Frames, Stride), got.Select(a => a.Last)));
        clients.ForEach(c => c.Dispose());
        return moved.Max(camera => Stopwatch.GetElapsedTime(killed, answers[camera].First(a => a.At > killed).At));
    }

    private static async Task StreamAsync(MarsClient client, string camera, ConcurrentDictionary<string, List<(long At, ulong Last)>> answers, TaskCompletionSource half, double rate)
    {
        await using var stream = await client.OpenCameraAsync(CameraStreamTests.EveryWindow(camera, Stride), Limits.Wait);
        var reading = Task.Run(async () =>
        {
            var got = answers[camera] = [];
            await foreach (var update in stream.ReadAllAsync(Limits.Wait))
            {
                if (update.Prediction is { } prediction)
                    got.Add((Stopwatch.GetTimestamp(), prediction.LastSequence));
            }
        });
        var start = Stopwatch.GetTimestamp();
        for (ulong i = 1; i <= Frames; i++)
        {
            await stream.SendAsync(TestFrames.Make(i), Limits.Wait);
            if (i == KillAt)
                half.TrySetResult();
            if (TimeSpan.FromSeconds(i / rate) - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } early)
                await Task.Delay(early, Limits.Wait);
        }
        await stream.CompleteAsync(Limits.Wait);
        await reading;
    }
}
