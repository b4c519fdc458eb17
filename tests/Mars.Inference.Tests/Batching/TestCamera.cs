using System.Collections.Concurrent;
using Mars.Inference.Batching;
using Mars.Inference.Models;
using Mars.Inference.Windowing;

namespace Mars.Inference.Tests.Batching;

/// <summary>A camera with frames of one byte that writes down what becomes of its windows.</summary>
internal sealed class TestCamera : IWindowSink, IDisposable
{
    private readonly CameraWindow _window;
    private readonly CameraQueue _queue;
    private readonly Action? _onAnswer;
    private readonly TimeProvider _time;
    private int _sent;
    private TimeSpan _skipped;

    public TestCamera(
        WindowScheduler scheduler, bool everyWindow, int stride = 1, int inFlight = 4, Action? onAnswer = null, double weight = 1, TimeSpan? deadline = null, string? follows = null, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _window = new CameraWindow(
            new WindowOptions { ClipLength = 16, FrameBytes = 1, FrameRate = 25, Stride = stride, MaxWaiting = everyWindow ? inFlight : 1 }, _time);
        _queue = scheduler.Add(_window.Ring, this, new QueueOptions
        {
            EveryWindow = everyWindow,
            Capacity = inFlight,
            Weight = weight,
            Deadline = deadline,
            Stride = TimeSpan.FromSeconds(stride / 25.0),
            Follows = follows,
        });
        _onAnswer = onAnswer;
    }

    public ConcurrentQueue<(ulong Last, float Logit, TimeSpan Age)> Answers { get; } = new();

    public ConcurrentQueue<(ulong Last, WindowOutcome Outcome)> Drops { get; } = new();

    public int Windows { get; private set; }

    /// <summary>Versions that answered, in order.</summary>
    public ConcurrentQueue<string> Models { get; } = new();

    public bool Retired { get; private set; }

    public CameraQueue Queue => _queue;

    public FrameRing Ring => _window.Ring;

    public async Task SendAsync(int frames, TimeSpan pace = default)
    {
        for (var i = 0; i < frames; i++)
        {
            _sent++;
            var time = DateTimeOffset.UnixEpoch.AddSeconds(_sent / 25.0) + _skipped;
            var sample = _window.Sample(time);
            _window.Next[0] = (byte)_sent;
            _window.Commit(new RingFrame((ulong)_sent, time, true, _time.GetTimestamp()), sample);
            if (_window.TryTake(out var window))
            {
                Windows++;
                await _queue.EnqueueAsync(window, TestContext.Current.CancellationToken);
            }
            if (pace > TimeSpan.Zero)
                await Task.Delay(pace, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A silence, then frames.</summary>
    public Task SkipAsync(int frames, TimeSpan gap)
    {
        _skipped += gap;
        return SendAsync(frames);
    }

    public async Task AllEndedAsync()
    {
        for (var i = 0; i < 6000 && Answers.Count + Drops.Count < Windows; i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal(Windows, Answers.Count + Drops.Count);
    }

    public void Answer(in Window window, ReadOnlySpan<float> logits, WindowTimes times, ModelPackage model)
    {
        Answers.Enqueue((window.Last.Sequence, logits[0], _time.GetElapsedTime(window.Last.Received)));
        Models.Enqueue(model.Key);
        _onAnswer?.Invoke();
        _queue.Release();
    }

    public void Drop(in Window window, WindowOutcome outcome)
    {
        Drops.Enqueue((window.Last.Sequence, outcome));
        _queue.Release();
    }

    public void Retire() => Retired = true;

    public void Dispose() => _queue.Dispose();
}
