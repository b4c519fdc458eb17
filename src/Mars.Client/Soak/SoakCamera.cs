using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Mars.Client.Load;
using Mars.V1;

namespace Mars.Client.Soak;

/// <summary>A camera by the SDK, which replays what a cut connection has lost: every window must be answered, once and in order.</summary>
/// <param name="name">Its id.</param>
/// <param name="options">What it asks for.</param>
/// <param name="frames">What it sees.</param>
/// <param name="tally">Counts.</param>
/// <param name="clock">The run's.</param>
/// <param name="time">The clock of its delays.</param>
internal sealed class SoakCamera(string name, SoakOptions options, FrameLoop frames, SoakTally tally, LoadClock clock, TimeProvider time)
{
    // After the last frame the answers under way, over one more reconnect.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(60);

    /// <summary>Streams until <paramref name="end"/> and waits for the last answer.</summary>
    public async Task RunAsync(Uri server, MarsClientOptions client, TimeSpan end, CancellationToken stop)
    {
        // The first connection may be the one that is cut.
        using var connection = new MarsClient(server, client with { Reconnect = new ReconnectOptions { MaxDelay = TimeSpan.FromSeconds(1), WaitForServer = true } });
        var camera = new CameraOptions { CameraId = name, Model = options.Model, Stride = options.Stride, Mode = DeliveryMode.EveryWindow };
        try
        {
            await using var stream = await connection.OpenCameraAsync(camera, stop);
            var ledger = new WindowLedger(await stream.Opened);
            var start = clock.Elapsed;
            var reading = ReadAsync(stream, start, stop);
            await SendAsync(stream, ledger, start, end, stop);
            await stream.CompleteAsync(stop).WaitAsync(Farewell, time, stop);
            await reading;
            tally.Change(c => c with { Reconnects = c.Reconnects + stream.Reconnects });
        }
        catch (MarsException error)
        {
            tally.Error($"{error.Status}: {error.Message}");
        }
        catch (TimeoutException)
        {
            tally.Error($"no last answer within {Farewell.TotalSeconds:0} s");
        }
    }

    // Versions only go up, and an answer is one version's alone.
    private int CheckVersion(Prediction prediction, int before)
    {
        if (prediction.Actions.Select(a => ModelVersions.Fault(a.Label, prediction.Model.Version)).FirstOrDefault(f => f is not null) is { } fault)
            tally.Error(fault);
        if (!int.TryParse(prediction.Model.Version, CultureInfo.InvariantCulture, out var version))
            return before;
        if (version < before)
            tally.Error("a version answered after a newer one");
        return version;
    }

    private TimeSpan Capture(TimeSpan start, ulong sequence) => start + TimeSpan.FromSeconds((sequence - 1) / options.FrameRate);

    private async Task SendAsync(CameraStream stream, WindowLedger ledger, TimeSpan start, TimeSpan end, CancellationToken stop)
    {
        for (ulong sequence = 1; Capture(start, sequence) is var capture && capture < end; sequence++)
        {
            if (capture - clock.Elapsed is { Ticks: > 0 } early)
                await Task.Delay(early, time, stop);
            var due = ledger.Sent(capture);
            tally.Change(c => c with { Frames = c.Frames + 1, Due = c.Due + due });
            await stream.SendAsync(new Frame { Sequence = sequence, CaptureTime = Timestamp.FromDateTimeOffset(clock.ToWall(capture)), Data = frames[(long)sequence] }, stop);
        }
    }

    private async Task ReadAsync(CameraStream stream, TimeSpan start, CancellationToken stop)
    {
        var (last, tick, version) = (0ul, 0ul, 0);
        await foreach (var update in stream.ReadAllAsync(stop))
        {
            if (update.Prediction is { } prediction)
            {
                // Of a camera slower than the model several windows end with one frame.
                if (prediction.LastSequence < last || (prediction.LastSequence == last && prediction.Position?.Tick <= tick))
                {
                    tally.Change(c => c with { Repeated = c.Repeated + 1 });
                    continue;
                }
                (last, tick) = (prediction.LastSequence, prediction.Position?.Tick ?? 0);
                version = CheckVersion(prediction, version);
                tally.Answered(clock.Elapsed - Capture(start, last));
            }
            else if (update.Notice is { Kind: not (Notice.Types.Kind.ModelChanged or Notice.Types.Kind.Draining) } notice)
            {
                tally.Error($"{notice.Kind}: {notice.Detail}");
            }
        }
    }
}
