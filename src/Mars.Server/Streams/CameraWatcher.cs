using Mars.V1;

namespace Mars.Server.Streams;

/// <summary>One WatchCameras call: which cameras it wants and may see, and what waits to be sent to it. Loses the oldest when it does not keep up.</summary>
internal sealed class CameraWatcher(WatchCamerasRequest request, Predicate<string> maySee, int capacity, Action<CameraUpdate>? onLost = null) : IDisposable
{
    private readonly HashSet<string> _cameras = [.. request.CameraIds];

    public Outbox<CameraUpdate> Outbox { get; } =
        new(capacity, u => u.UpdateCase == CameraUpdate.UpdateOneofCase.Prediction, static _ => true, onLost ?? (static _ => { }));

    public bool Wants(string camera, bool prediction) => (request.Predictions || !prediction) && (_cameras.Count == 0 ? maySee(camera) : _cameras.Contains(camera));

    public void Offer(CameraUpdate update)
    {
        if (Wants(update.CameraId, update.UpdateCase == CameraUpdate.UpdateOneofCase.Prediction))
            Outbox.Add(update);
    }

    public void Dispose() => Outbox.Dispose();
}
