using Mars.Inference.Batching;
using Mars.Inference.Diagnostics;
using Mars.Inference.Models;
using Mars.Inference.Sessions;
using Mars.Inference.Threads;

namespace Mars.Inference.Serving;

/// <summary>From a package to a model that answers: loads its graph, or its members', once for each session, warms them up, and checks them on the package's golden clip.</summary>
/// <param name="options">How it is to run.</param>
/// <param name="metrics">Where its work is counted.</param>
/// <param name="time">The clock.</param>
/// <param name="onFault">Told of failed runs.</param>
public sealed class ModelOpener(ServingOptions options, InferenceMetrics metrics, TimeProvider time, Action<Exception> onFault)
{
    /// <exception cref="InvalidDataException">It does not load, or does not compute what its manifest says.</exception>
    /// <exception cref="ProviderUnavailableException">The execution provider cannot run here.</exception>
    public ServedModel Open(ModelPackage package) => ComputeThread.Run($"mars opens {package.Key}", () => OpenHere(package));

    // ONNX Runtime's threads and the scheduler's are started in here.
    private ServedModel OpenHere(ModelPackage package)
    {
        var started = time.GetTimestamp();
        var sessions = new List<IClipSession>();
        try
        {
            var (provider, maps) = (options.Session.Provider, true);
            foreach (var device in provider == ExecutionProvider.Cpu ? [0] : options.Devices)
            {
                for (var i = 0; i < options.SessionsPerDevice; i++)
                {
                    var (session, really, hasMaps) = OpenSession(package, options.Session with { DeviceId = device });
                    sessions.Add(session);
                    (provider, maps) = (really, maps && hasMaps);
                }
            }
            var model = new ServedModel(package, provider, new WindowScheduler(package, sessions, options.Scheduler, metrics, time, onFault)) { HasActivationMaps = maps };
            metrics.ModelLoaded(package.Key, time.GetElapsedTime(started));
            return model;
        }
        catch
        {
            sessions.ForEach(s => s.Dispose());
            throw;
        }
    }

    private (IClipSession Session, ExecutionProvider Provider, bool HasMaps) OpenSession(ModelPackage package, SessionSettings settings)
    {
        if (package.Members.Count == 0)
        {
            // Its graph says where it sees classes: those that export parts have that output.
            if (settings.Provider == ExecutionProvider.Cpu && package.Manifest.Files.ContainsKey(StemGraphs.TrunkName))
                return (OpenReusing(package, settings), ExecutionProvider.Cpu, true);
            var graph = OpenGraph(package, settings);
            return (graph, graph.Provider, graph.HasActivationMaps);
        }
        var members = new List<OrtClipSession>();
        try
        {
            foreach (var member in package.Members)
                members.Add(OpenGraph(member, settings));
            IClipSession session = package.Manifest.Kind == ModelManifest.Cascade
                ? new CascadeSession(members[0], members[1], package.Manifest.Margin, (windows, second) => metrics.Cascaded(package.Key, windows, second))
                : new SumSession(members);
            return (session, members[0].Provider, ModelMapper.Asked(package, members).All(m => m.HasActivationMaps));
        }
        catch
        {
            members.ForEach(m => m.Dispose());
            throw;
        }
    }

    private static StemReuseSession OpenReusing(ModelPackage package, SessionSettings settings) =>
        Check(StemReuseSession.Load(package.Folder, package.Manifest.ClipLength, package.Manifest.Size, settings), package);

    private static OrtClipSession OpenGraph(ModelPackage package, SessionSettings settings)
    {
        var manifest = package.Manifest;
        return Check(OrtClipSession.Load(package.Graph, manifest.ClipLength, manifest.Size, settings with { HalfPrecision = manifest.Precision == "fp16" }), package);
    }

    private static T Check<T>(T session, ModelPackage package)
        where T : IClipSession
    {
        try
        {
            if (session.Shape.Classes != package.Manifest.Classes)
                throw new InvalidDataException($"{package.Folder}: the graph has {session.Shape.Classes} classes, its manifest says {package.Manifest.Classes}");
            session.WarmUp();
            GoldenClip.Check(session, package);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
