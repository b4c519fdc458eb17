using Microsoft.ML.OnnxRuntime;

namespace Mars.Inference.Sessions;

/// <summary>Makes ONNX Runtime's options for an execution provider, or says why it cannot.</summary>
internal static class OrtProviders
{
    /// <summary>Options for <paramref name="settings"/> and the provider that they really have.</summary>
    /// <exception cref="ProviderUnavailableException">The provider is missing and no fall-back is allowed.</exception>
    public static (SessionOptions Options, ExecutionProvider Provider) Create(SessionSettings settings)
    {
        var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = settings.Threads, // 0: one for each physical core
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            // Kept: a run's buffers come from the arena and stay, so that a run allocates nothing. One shape a batch size, so the pattern of each is planned once.
            EnableCpuMemArena = true,
            EnableMemoryPattern = true,
        };
        // Between a run's hundred short operations threads spin, which is what makes two cores worth having; after a run they sleep at once, because frames are decoded then.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", settings.Threads == 1 ? "0" : "1");
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        try
        {
            Append(options, settings);
            return (options, settings.Provider);
        }
        catch (ProviderUnavailableException) when (settings.AllowFallback)
        {
            return (options, ExecutionProvider.Cpu);
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    private static void Append(SessionOptions options, SessionSettings settings)
    {
        if (settings.Provider == ExecutionProvider.Cpu)
            return;
        var name = settings.Provider == ExecutionProvider.Cuda ? "CUDAExecutionProvider" : "TensorrtExecutionProvider";
        if (!OrtEnv.Instance().GetAvailableProviders().Contains(name))
        {
            throw new ProviderUnavailableException(
                $"this build of Mars has no {name}: build with -p:OrtPackage=Microsoft.ML.OnnxRuntime.Gpu (deploy/README.md), or use --provider cpu");
        }
        try
        {
            if (settings.Provider == ExecutionProvider.TensorRt)
                options.AppendExecutionProvider_Tensorrt(settings.DeviceId);
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(new Dictionary<string, string>
            {
                ["device_id"] = settings.DeviceId.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["cudnn_conv_algo_search"] = "HEURISTIC", // DEFAULT's fall-back on cuDNN 9 is ~50x slower (PaddleOCR#17970)
            });
            options.AppendExecutionProvider_CUDA(cuda);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ProviderUnavailableException($"{name} is built in but does not start here: {exception.Message}", exception);
        }
    }
}
