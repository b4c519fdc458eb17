using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Mars.Inference.Batching;
using Mars.Inference.Serving;
using Mars.Server.Configuration;
using Mars.Server.Health;
using Mars.Server.Models;
using Mars.Server.Security;
using Microsoft.Extensions.Options;

namespace Mars.Server.Dashboard;

/// <summary>What open pages are told, as server-sent events. Each page has its own rhythm: the next message is made when the last one has been taken.</summary>
internal sealed class LiveFeed(
    CameraHistories histories, ModelCatalog models, ModelLoader loader, Readiness readiness, IHostApplicationLifetime lifetime, IOptions<PageOptions> page, TimeProvider time)
{
    private const int FirstEvents = 100;

    private static readonly TimeSpan ServerInterval = TimeSpan.FromSeconds(1);

    private int _viewers;

    /// <summary>One more page. False if there are too many; otherwise <see cref="Leave"/> must follow.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _viewers) <= page.Value.MaxViewers)
            return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _viewers);

    /// <summary>Messages until the page goes away or the server stops; then the last one says so.</summary>
    /// <param name="caller">Who looks: of the cameras those that it may see are told, until its key is withdrawn.</param>
    /// <param name="aborted">The page has gone.</param>
    public async IAsyncEnumerable<SseItem<LiveUpdate>> ReadAsync(CallerAccess caller, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping, caller.Ended);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(page.Value.UpdateMilliseconds), time);
        var known = new HashSet<string>(StringComparer.Ordinal);
        var (version, told, first) = (0L, 0L, true);
        while (!aborted.IsCancellationRequested && !caller.Ended.IsCancellationRequested)
        {
            var (cameras, gone, events, next) = histories.Since(version, caller.MaySee, known);
            LiveServer? server = null;
            if (first || lifetime.ApplicationStopping.IsCancellationRequested || time.GetElapsedTime(told) >= ServerInterval)
                (server, told) = (Server(caller), time.GetTimestamp());
            if (server is not null || cameras.Count + gone.Count + events.Count > 0)
                yield return new SseItem<LiveUpdate>(new LiveUpdate(time.GetUtcNow().ToUnixTimeMilliseconds(), first, server, cameras, gone, [.. events.TakeLast(first ? FirstEvents : events.Count)]));
            if (server is { Draining: true })
                yield break;
            (version, first) = (next, false);
            await WaitAsync(timer, ending.Token).ConfigureAwait(false);
        }
    }

    private static async ValueTask WaitAsync(PeriodicTimer timer, CancellationToken ending)
    {
        try
        {
            await timer.WaitForNextTickAsync(ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // There is one last message, if there is still a page.
        }
    }

    private LiveServer Server(CallerAccess caller) => new(
        readiness.IsReady,
        lifetime.ApplicationStopping.IsCancellationRequested,
        page.Value.Pictures,
        [
            .. models.All.Select(m => new LiveModel(
                m.Key, m.Package.Manifest.Kind, m.Package.Manifest.Precision, m.Provider.ToString(), m.Package.Labels.Count, m.Scheduler.CameraCount,
                m.Scheduler.Ladder.StrideFactor, m.Scheduler.Ladder.Step >= DegradationLadder.Refusing, m == models.Default, m.HasActivationMaps)),
        ],
        caller.IsAdministrator ? loader.Refused : []); // they name places on this machine
}
