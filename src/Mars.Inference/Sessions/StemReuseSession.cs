using System.Runtime.CompilerServices;
using Mars.Inference.Buffers;
using Mars.Inference.Threads;
using Microsoft.ML.OnnxRuntime;

namespace Mars.Inference.Sessions;

/// <summary>
/// A network in two parts: the stem, whose pooled map of each frame is kept with its camera, and the trunk behind it. The next window of a camera, one of the exported
/// strides later, makes only the maps that are new, and those near a window's ends, whose kernels reach over them. Exact: the same products are added up. On CPUs.
/// </summary>
public sealed class StemReuseSession : IClipSession
{
    private readonly StemGraphs _together;
    private readonly StemGraphs? _apart;
    private readonly ClipWorkers? _workers;
    private readonly ClipBuffers _buffers;
    private readonly PinnedBuffer<byte> _maps; // [maxBatch, a clip's maps]
    private readonly (object? Camera, long FirstTick)[] _places;
    private readonly int[] _after; // the next clip of the same camera in the batch, or -1
    private readonly bool[] _isLater; // a clip before it has the same camera
    private readonly ConditionalWeakTable<object, KeptMaps> _kept = [];
    private readonly RunOptions _options = new();

    private StemReuseSession(StemGraphs together, StemGraphs? apart, ClipBuffers buffers, PinnedBuffer<byte> maps, int threads)
    {
        (_together, _apart, _buffers, _maps) = (together, apart, buffers, maps);
        _places = new (object?, long)[MaxBatch];
        _after = new int[MaxBatch];
        _isLater = new bool[MaxBatch];
        _workers = apart is null ? null : new ClipWorkers(Math.Min(threads, MaxBatch), clip => RunCamera(apart, clip));
    }

    /// <inheritdoc/>
    public ClipShape Shape => _buffers.Shape;

    /// <inheritdoc/>
    public int MaxBatch => _buffers.MaxBatch;

    /// <summary>Bytes that are kept for each camera: 3.2 MB at the paper's width and size in 32 bits, 0.8 MB in 8.</summary>
    public int KeptBytes => _maps.Length / MaxBatch;

    /// <summary>Opens the parts.</summary>
    /// <param name="folder">Holds them.</param>
    /// <param name="length">Frames of a clip, by the manifest.</param>
    /// <param name="size">Side of a frame in pixels, by the manifest.</param>
    /// <param name="settings">How they are to run.</param>
    /// <exception cref="InvalidDataException">They are not what they should be.</exception>
    public static StemReuseSession Load(string folder, int length, int size, SessionSettings settings)
    {
        var threads = CpuBudget.Or(settings.Threads);
        StemGraphs? together = null, apart = null;
        try
        {
            together = new StemGraphs(folder, settings with { Threads = threads });
            // As one graph does: one window on all cores, several on a core each.
            apart = threads > 1 && settings.MaxBatch > 1 ? new StemGraphs(folder, settings with { Threads = 1 }) : null;
            var buffers = new ClipBuffers(together.ReadShape(length, size), settings.MaxBatch);
            var maps = new PinnedBuffer<byte>(settings.MaxBatch * together.MapBytes * length);
            together.Bind(buffers, maps);
            apart?.Bind(buffers, maps);
            return new StemReuseSession(together, apart, buffers, maps, threads);
        }
        catch
        {
            together?.Dispose();
            apart?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Span<byte> Input(int index) => _buffers.Clips.Span.Slice(index * Shape.ClipBytes, Shape.ClipBytes);

    /// <inheritdoc/>
    public void Place(int index, object camera, long firstTick) => _places[index] = (camera, firstTick);

    /// <inheritdoc/>
    public void Run(int batch)
    {
        Chain(batch);
        if (batch > 1 && _workers is not null)
        {
            _workers.Run(batch);
        }
        else
        {
            for (var i = 0; i < batch; i++)
                RunCamera(_together, i);
        }
        Array.Clear(_places);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int index) => _buffers.Logits.Span.Slice(index * Shape.Classes, Shape.Classes);

    /// <inheritdoc/>
    public void WarmUp()
    {
        var (camera, tick) = (new object(), 0L);
        foreach (var batch in (int[])[1, 1, MaxBatch])
        {
            for (var stride = 0L; stride >= 0; stride = _together.StrideAfter(stride))
            {
                for (var i = 0; i < batch; i++)
                    Place(i, camera, tick += stride);
                Run(batch);
            }
        }
        _kept.Remove(camera);
    }

    public void Dispose()
    {
        _workers?.Dispose();
        _together.Dispose();
        _apart?.Dispose();
        _options.Dispose();
        _buffers.Dispose();
        _maps.Dispose();
    }

    // Each window of a camera needs what the one before it leaves: a camera's clips run one after another, in their order.
    private void Chain(int batch)
    {
        for (var i = 0; i < batch; i++)
        {
            (_after[i], _isLater[i]) = (-1, false);
            for (var before = i - 1; before >= 0 && !_isLater[i] && _places[i].Camera is not null; before--)
            {
                if (_places[before].Camera == _places[i].Camera)
                    (_after[before], _isLater[i]) = (i, true);
            }
        }
    }

    private void RunCamera(StemGraphs graphs, int clip)
    {
        for (var next = _isLater[clip] ? -1 : clip; next >= 0; next = _after[next])
            RunClip(graphs, next);
    }

    private void RunClip(StemGraphs graphs, int clip)
    {
        var (camera, firstTick) = _places[clip];
        var maps = _maps.Span.Slice(clip * KeptBytes, KeptBytes);
        KeptMaps? kept = null;
        if (camera is not null && !_kept.TryGetValue(camera, out kept))
            _kept.Add(camera, new KeptMaps()); // from its second window on: most that are asked for a single one never come again
        var stride = kept?.Maps is null ? 0 : firstTick - kept.FirstTick;
        if (graphs.Runs(stride))
            kept!.Maps.AsSpan((int)stride * (KeptBytes / Shape.Length)).CopyTo(maps);
        else
            stride = 0;
        graphs.Run(_options, clip, stride);
        if (kept is null)
            return;
        maps.CopyTo(kept.Maps ??= new byte[KeptBytes]);
        kept.FirstTick = firstTick;
    }

    // Of a camera's last window.
    private sealed class KeptMaps
    {
        public byte[]? Maps { get; set; }

        public long FirstTick { get; set; }
    }
}
