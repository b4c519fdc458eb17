using System.Diagnostics;
using Mars.Inference.Buffers;
using Microsoft.ML.OnnxRuntime;

namespace Mars.Inference.Sessions;

/// <summary>
/// A graph on the cores of this machine. A batch runs in one of two ways, whichever was the faster by what was measured when it was warmed up: as one run on all cores,
/// best while few windows wait, or as a run a clip on a core each, which wastes no time on waiting for each other.
/// </summary>
internal sealed class CpuRunner : IGraphRunner
{
    private const int TimedRounds = 6;

    // Cores that work together wait for each other, and that takes processor time which decoding lacks: 51 against 40 ms a window of the shipped model, at the same speed.
    private const double WorthWaiting = 1.1;

    private readonly InferenceSession _together;
    private readonly InferenceSession? _apart;
    private readonly ClipWorkers? _workers;
    private readonly RunOptions _runOptions = new();
    private readonly ClipBuffers _buffers;
    private readonly OrtIoBinding[] _batches; // [n - 1]: the first n clips, in one run
    private readonly OrtIoBinding[] _clips; // [i]: clip i alone
    private readonly bool[] _runApart;
    private readonly List<OrtValue> _values = [];

    /// <param name="together">Runs on all cores; owned from here on.</param>
    /// <param name="apart">The same graph on one core, or null where that makes no sense; owned from here on.</param>
    /// <param name="threads">Cores.</param>
    /// <param name="buffers">What it runs on.</param>
    public CpuRunner(InferenceSession together, InferenceSession? apart, int threads, ClipBuffers buffers)
    {
        _together = together;
        _apart = apart;
        _buffers = buffers;
        _batches = [.. Enumerable.Range(1, buffers.MaxBatch).Select(n => Bind(together, 0, n))];
        _clips = apart is null ? [] : [.. Enumerable.Range(0, buffers.MaxBatch).Select(i => Bind(apart, i, 1))];
        _workers = apart is null ? null : new ClipWorkers(Math.Min(threads, buffers.MaxBatch), clip => apart.RunWithBinding(_runOptions, _clips[clip]));
        _runApart = new bool[buffers.MaxBatch];
    }

    /// <inheritdoc/>
    public void Run(int batch)
    {
        if (_runApart[batch - 1])
            _workers!.Run(batch);
        else
            _together.RunWithBinding(_runOptions, _batches[batch - 1]);
    }

    /// <summary>Also finds out which way is the faster for each size: a round of all cores with a clip each, as often as the batch needs, or all cores together as often as it has clips.</summary>
    public void WarmUp()
    {
        var cores = Math.Min(_workers?.Threads ?? 1, _buffers.MaxBatch);
        // In turn, and the best of each: whoever else is busy on this machine just now disturbs both alike. The choice is for as long as the model is served.
        var timed = Enumerable.Range(0, TimedRounds + 1)
            .Select(_ => (Together: Time(1, apart: false), Round: cores > 1 ? Time(cores, apart: true) : TimeSpan.MaxValue))
            .Skip(1) // which allocates
            .ToList();
        var (together, round) = (timed.Min(t => t.Together), timed.Min(t => t.Round));
        for (var n = 1; n <= _buffers.MaxBatch; n++)
        {
            var rounds = (n + cores - 1) / cores;
            _runApart[n - 1] = cores > 1 && n > 1 && rounds * round < n * together * WorthWaiting;
            if (n > 1 && !_runApart[n - 1])
                Run(n);
        }
    }

    public void Dispose()
    {
        _workers?.Dispose();
        foreach (var binding in _batches.Concat(_clips))
            binding.Dispose();
        foreach (var value in _values)
            value.Dispose();
        _runOptions.Dispose();
        _together.Dispose();
        _apart?.Dispose();
    }

    private TimeSpan Time(int batch, bool apart)
    {
        _runApart[batch - 1] = apart;
        var start = Stopwatch.GetTimestamp();
        Run(batch);
        return Stopwatch.GetElapsedTime(start);
    }

    private OrtIoBinding Bind(InferenceSession session, int first, int count)
    {
        var shape = _buffers.Shape;
        var binding = session.CreateIoBinding();
        binding.BindInput(OrtClipSession.InputName, Value(_buffers.Clips, first, count, shape.ClipBytes, _buffers.InputShape(count)));
        binding.BindOutput(OrtClipSession.LogitsName, Value(_buffers.Logits, first, count, shape.Classes, [count, shape.Classes]));
        binding.BindOutput(OrtClipSession.FeaturesName, Value(_buffers.Features, first, count, shape.Features, [count, shape.Features]));
        return binding;
    }

    private OrtValue Value<T>(PinnedBuffer<T> buffer, int first, int count, int length, long[] shape)
        where T : unmanaged
    {
        var value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, buffer.Memory.Slice(first * length, count * length), shape);
        _values.Add(value);
        return value;
    }
}
