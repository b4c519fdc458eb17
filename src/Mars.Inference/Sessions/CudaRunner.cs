using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Mars.Inference.Sessions;

/// <summary>
/// A graph on an NVIDIA GPU, by CUDA or TensorRT. Batches come in a few fixed sizes; a smaller one runs as the next larger size, its last answers are not read.
/// Input and outputs lie in buffers on the device that are bound once, so that a size's kernels can be recorded as one CUDA graph and replayed: its addresses never change.
/// What is copied, and when, is said here and not left to the binding, which copies when it is bound and never again (the frozen results of microsoft/onnxruntime#22583).
/// </summary>
internal sealed class CudaRunner : IGraphRunner
{
    // The first run of a size allocates, the second is recorded, the third is the first replay.
    private const int WarmUpRuns = 3;

    private readonly InferenceSession _session;
    private readonly ClipBuffers _buffers;
    private readonly CudaRuntime _cuda;
    private readonly nint _clips; // on the device
    private readonly nint _logits;
    private readonly nint _features;
    private readonly int[] _sizes;
    private readonly (OrtIoBinding Binding, RunOptions Options)[] _runs; // as _sizes
    private readonly List<OrtValue> _values = [];

    /// <param name="session">Of a GPU provider; owned from here on, if this does not throw.</param>
    /// <param name="device">GPU number.</param>
    /// <param name="graphs">The session records CUDA graphs.</param>
    /// <param name="buffers">What it runs on.</param>
    /// <exception cref="ProviderUnavailableException">The CUDA runtime that the provider uses cannot be called.</exception>
    public CudaRunner(InferenceSession session, int device, bool graphs, ClipBuffers buffers)
    {
        _session = session;
        _buffers = buffers;
        _cuda = CudaRuntime.Load(device);
        using var memory = new OrtMemoryInfo("Cuda"u8.ToArray(), OrtAllocatorType.DeviceAllocator, device, OrtMemType.Default);
        _clips = _cuda.Allocate(buffers.Clips.Length);
        _logits = _cuda.Allocate((long)buffers.Logits.Length * sizeof(float));
        _features = _cuda.Allocate((long)buffers.Features.Length * sizeof(float));
        // Page-locked, a copy needs no second one in the driver.
        _cuda.Lock(buffers.Clips.Address, buffers.Clips.Length);
        _cuda.Lock(buffers.Logits.Address, buffers.Logits.Length * sizeof(float));
        _cuda.Lock(buffers.Features.Address, buffers.Features.Length * sizeof(float));
        _sizes = [.. BatchSizes.Of(buffers.MaxBatch)];
        _runs = [.. _sizes.Select(size => (Bind(memory, size), Options(size, graphs)))];
    }

    /// <inheritdoc/>
    public void Run(int batch)
    {
        var size = BatchSizes.IndexFor(_sizes, batch);
        var shape = _buffers.Shape;
        _cuda.Copy(_clips, _buffers.Clips.Address, (long)batch * shape.ClipBytes);
        _session.RunWithBinding(_runs[size].Options, _runs[size].Binding);
        _cuda.Copy(_buffers.Logits.Address, _logits, (long)batch * shape.Classes * sizeof(float));
        _cuda.Copy(_buffers.Features.Address, _features, (long)batch * shape.Features * sizeof(float));
    }

    /// <inheritdoc/>
    public void WarmUp()
    {
        foreach (var size in _sizes)
        {
            for (var i = 0; i < WarmUpRuns; i++)
                Run(size);
        }
    }

    public void Dispose()
    {
        foreach (var (binding, options) in _runs)
        {
            binding.Dispose();
            options.Dispose();
        }
        foreach (var value in _values)
            value.Dispose();
        _cuda.Unlock(_buffers.Clips.Address);
        _cuda.Unlock(_buffers.Logits.Address);
        _cuda.Unlock(_buffers.Features.Address);
        _cuda.Free(_clips);
        _cuda.Free(_logits);
        _cuda.Free(_features);
        _session.Dispose();
    }

    private static RunOptions Options(int size, bool graphs)
    {
        var options = new RunOptions();
        if (graphs)
            options.AddRunConfigEntry("gpu_graph_id", size.ToString(CultureInfo.InvariantCulture)); // a graph each
        return options;
    }

    private OrtIoBinding Bind(OrtMemoryInfo memory, int count)
    {
        var shape = _buffers.Shape;
        var binding = _session.CreateIoBinding();
        binding.BindInput(OrtClipSession.InputName, Value(memory, TensorElementType.UInt8, _buffers.InputShape(count), _clips, (long)count * shape.ClipBytes));
        binding.BindOutput(OrtClipSession.LogitsName, Value(memory, TensorElementType.Float, [count, shape.Classes], _logits, (long)count * shape.Classes * sizeof(float)));
        binding.BindOutput(OrtClipSession.FeaturesName, Value(memory, TensorElementType.Float, [count, shape.Features], _features, (long)count * shape.Features * sizeof(float)));
        return binding;
    }

    private OrtValue Value(OrtMemoryInfo memory, TensorElementType type, long[] shape, nint address, long bytes)
    {
        var value = OrtValue.CreateTensorValueWithData(memory, type, shape, address, bytes);
        _values.Add(value);
        return value;
    }
}
