namespace Mars.Server.Events;

/// <summary>A place where events go. One delivery at a time, in the order of the events.</summary>
internal interface IEventSink : IAsyncDisposable
{
    /// <summary>In metrics, the log and the spool's file name.</summary>
    string Name { get; }

    SinkScope Scope { get; }

    /// <summary>Before another attempt the wait doubles, up to this.</summary>
    TimeSpan MaxRetryDelay { get; }

    /// <summary>Tries once, for a bounded time.</summary>
    Task<Delivery> DeliverAsync(SinkEvent action, CancellationToken cancellation);
}
