using System.Diagnostics;
using System.Diagnostics.Metrics;
using Mars.Inference.Diagnostics;
using Mars.Inference.Sessions;
using Mars.Server.Configuration;
using Microsoft.Extensions.Options;

namespace Mars.Server.Telemetry;

/// <summary>Asks nvidia-smi now and then how busy the GPUs are. Where it cannot be asked, that is said once and there are no such metrics.</summary>
internal sealed partial class GpuWatch(
    IMeterFactory factory, IOptions<TelemetryOptions> telemetry, IOptions<ModelOptions> models, TimeProvider time, ILogger<GpuWatch> log) : BackgroundService
{
    private const string Question = "--query-gpu=index,utilization.gpu,memory.used,memory.total,power.draw,temperature.gpu";
    private const int Patience = 10; // seconds for one answer

    private volatile IReadOnlyList<GpuState> _gpus = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var program = telemetry.Value.GpuProgram;
        if (program.Length == 0)
        {
            if (models.Value.Provider == ExecutionProvider.Cpu)
                return;
            program = "nvidia-smi";
        }
        Observe();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(telemetry.Value.GpuSeconds), time);
        var told = false;
        do
        {
            try
            {
                _gpus = GpuState.Read(await AskAsync(program, stoppingToken).ConfigureAwait(false));
            }
            catch (Exception exception) when (exception is IOException or FormatException or System.ComponentModel.Win32Exception or TimeoutException)
            {
                _gpus = [];
                if (!told)
                    LogNotToBeHad(program, exception.Message);
                told = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private void Observe()
    {
        var meter = factory.Create(InferenceMetrics.MeterName);
        Gauge("mars.gpu.utilization", g => g.Utilization, null, "Share of the time in which the GPU computed, 0 to 1.");
        Gauge("mars.gpu.memory.used", g => g.MemoryUsed, "By", "Memory of the GPU in use.");
        Gauge("mars.gpu.memory.total", g => g.MemoryTotal, "By", "Memory of the GPU.");
        Gauge("mars.gpu.power", g => g.Power, "W", "What the GPU draws.");
        Gauge("mars.gpu.temperature", g => g.Temperature, "Cel", "Temperature of the GPU.");

        void Gauge(string name, Func<GpuState, double> value, string? unit, string description) => meter.CreateObservableGauge(
            name, () => _gpus.Where(g => !double.IsNaN(value(g))).Select(g => new Measurement<double>(value(g), new KeyValuePair<string, object?>("gpu", g.Index))), unit, description);
    }

    private static async Task<string> AskAsync(string program, CancellationToken stopping)
    {
        var start = new ProcessStartInfo(program, [Question, "--format=csv,noheader,nounits"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start) ?? throw new IOException("did not start");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(TimeSpan.FromSeconds(Patience));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var answer = await process.StandardOutput.ReadToEndAsync(limit.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return process.ExitCode == 0 ? answer : throw new IOException($"ended with {process.ExitCode}: {(await errors.ConfigureAwait(false)).Trim()}");
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {Patience} s");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Program} does not tell about the GPUs, so there are no metrics of them: {Reason}", EventName = "GpuNotTold")]
    private partial void LogNotToBeHad(string program, string reason);
}
