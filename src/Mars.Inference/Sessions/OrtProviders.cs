using System.Globalization;
using Mars.Inference.Threads;
using Microsoft.ML.OnnxRuntime;

namespace Mars.Inference.Sessions;

/// <summary>Opens ONNX Runtime's sessions on an execution provider, or says why it cannot.</summary>
internal static class OrtProviders
{
    /// <summary>A session for <paramref name="settings"/>, the provider that it really has, and whether it records CUDA graphs.</summary>
    /// <exception cref="ProviderUnavailableException">The provider is missing and no fall-back is allowed.</exception>
    /// <exception cref="OnnxRuntimeException">The graph does not load.</exception>
    public static (InferenceSession Session, ExecutionProvider Provider, bool CudaGraphs) Open(string graph, SessionSettings settings)
    {
        // TensorRT's own CUDA graphs are left off: it has one a session, not one a size of batch.
        var cudaGraphs = settings.Provider == ExecutionProvider.Cuda && settings.CudaGraphs;
        try
        {
            return (Open(graph, settings, cudaGraphs), settings.Provider, cudaGraphs);
        }
        catch (ProviderUnavailableException) when (settings.AllowFallback)
        {
            return (Open(graph, settings with { Provider = ExecutionProvider.Cpu }, cudaGraphs: false), ExecutionProvider.Cpu, false);
        }
        catch (OnnxRuntimeException) when (cudaGraphs)
        {
            // Not every operation of this graph has a CUDA kernel: what is left cannot be recorded, but it can run.
            return (Open(graph, settings, cudaGraphs: false), settings.Provider, false);
        }
    }

    private static InferenceSession Open(string graph, SessionSettings settings, bool cudaGraphs)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = CpuBudget.Or(settings.Threads), // its own default is one for each physical core of the host, whatever a container may use
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            // Kept: a run's buffers come from the arena and stay, so that a run allocates nothing. One shape a batch size, so the pattern of each is planned once.
            EnableCpuMemArena = true,
            EnableMemoryPattern = true,
        };
        // Between a run's hundred short operations threads spin, which is what makes two cores worth having; after a run they sleep at once, because frames are decoded then.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", CpuBudget.Or(settings.Threads) == 1 ? "0" : "1");
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        if (settings.Provider != ExecutionProvider.Cpu)
            Append(options, settings, cudaGraphs);
        return new InferenceSession(graph, options);
    }

    private static void Append(SessionOptions options, SessionSettings settings, bool cudaGraphs)
    {
        var name = settings.Provider == ExecutionProvider.Cuda ? "CUDAExecutionProvider" : "TensorrtExecutionProvider";
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(name))
        {
            throw new ProviderUnavailableException(
                $"this build of Mars has no {name}: build with -p:OrtPackage=Microsoft.ML.OnnxRuntime.Gpu (deploy/README.md), or use --provider cpu");
        }
        try
        {
            var device = settings.DeviceId.ToString(CultureInfo.InvariantCulture);
            if (settings.Provider == ExecutionProvider.TensorRt)
                AppendTensorRt(options, settings, device);
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(new Dictionary<string, string>
            {
                ["device_id"] = device,
                ["cudnn_conv_algo_search"] = "HEURISTIC", // DEFAULT's fall-back on cuDNN 9 is ~50x slower (PaddleOCR#17970)
                ["enable_cuda_graph"] = cudaGraphs ? "1" : "0",
            });
            options.AppendExecutionProvider_CUDA(cuda);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ProviderUnavailableException($"{name} is built in but does not start here: {exception.Message}", exception);
        }
    }

    // One engine for every size up to the largest, built when first run, which takes minutes: kept in a folder, it is read the next time.
    private static void AppendTensorRt(SessionOptions options, SessionSettings settings, string device)
    {
        using var tensorRt = new OrtTensorRTProviderOptions();
        var values = new Dictionary<string, string>
        {
            ["device_id"] = device,
            ["trt_fp16_enable"] = settings.HalfPrecision ? "1" : "0",
        };
        if (settings.EngineCache is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            values["trt_engine_cache_enable"] = values["trt_timing_cache_enable"] = "1";
            values["trt_engine_cache_path"] = values["trt_timing_cache_path"] = folder;
        }
        tensorRt.UpdateOptions(values);
        options.AppendExecutionProvider_Tensorrt(tensorRt);
    }
}
