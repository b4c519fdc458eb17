using System.Collections.Concurrent;
using Mars.Inference.Batching;
using Mars.Inference.Windowing;

namespace Mars.Inference.Tests.Batching;

/// <summary>A camera with frames of one byte that writes down what becomes of its windows.</summary>
internal sealed class TestCamera : IWindowSink, IDisposable
{
    private readonly CameraWindow _window;
    private readonly CameraQueue _queue;
    private readonly Action? _onAnswer;
    private int _sent;

    public TestCamera(WindowScheduler scheduler, bool everyWindow, int stride = 1, int inFlight = 4, Action? onAnswer = null)
    {
        _window = new CameraWindow(
            new WindowOptions { ClipLength = 16, FrameBytes = 1, FrameRate = 25, Stride = stride, MaxWaiting = everyWindow ? inFlight : 1 }, TimeProvider.System);
        _queue = scheduler.Add(_window.Ring, this, everyWindow, inFlight);
        _onAnswer = onAnswer;
    }

    public ConcurrentQueue<(ulong Last, float Logit, TimeSpan Age)> Answers { get; } = new();

    public ConcurrentQueue<(ulong Last, WindowOutcome Outcome)> Drops { get; } = new();

    public int Windows { get; private set; }

    public async Task SendAsync(int frames, TimeSpan pace = default)
    {
        for (var i = 0; i < frames; i++)
        {
            _sent++;
            var time = DateTimeOffset.UnixEpoch.AddSeconds(_sent / 25.0);
            var sample = _window.Sample(time);
            _window.Next[0] = (byte)_sent;
            _window.Commit(new RingFrame((ulong)_sent, time, true, TimeProvider.System.GetTimestamp()), sample);
            if (_window.TryTake(out var window))
            {
                Windows++;
                await _queue.EnqueueAsync(window, TestContext.Current.CancellationToken);
            }
            if (pace > TimeSpan.Zero)
                await Task.Delay(pace, TestContext.Current.CancellationToken);
        }
    }

    public async Task AllEndedAsync()
    {
        for (var i = 0; i < 1000 && Answers.Count + Drops.Count < Windows; i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal(Windows, Answers.Count + Drops.Count);
    }

    public void Answer(in Window window, ReadOnlySpan<float> logits, WindowTimes times)
    {
        Answers.Enqueue((window.Last.Sequence, logits[0], TimeProvider.System.GetElapsedTime(window.Last.Received)));
        _onAnswer?.Invoke();
        _queue.Release();
    }

    public void Drop(in Window window, WindowOutcome outcome)
    {
        Drops.Enqueue((window.Last.Sequence, outcome));
        _queue.Release();
    }

    public void Dispose() => _queue.Dispose();
}
