namespace Mars.Server.Events;

/// <summary>How one attempt to deliver ended.</summary>
internal enum DeliveryOutcome
{
    /// <summary>The other side has it.</summary>
    Delivered,

    /// <summary>To be tried again.</summary>
    Failed,

    /// <summary>The other side will never take it.</summary>
    Refused,
}

/// <summary>The end of one attempt.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">For the log, without secrets.</param>
/// <param name="RetryAfter">The wait that the other side asks for.</param>
internal readonly record struct Delivery(DeliveryOutcome Outcome, string Reason = "", TimeSpan? RetryAfter = null)
{
    public static Delivery Delivered { get; } = new(DeliveryOutcome.Delivered);

    public static Delivery Failed(string reason, TimeSpan? retryAfter = null) => new(DeliveryOutcome.Failed, reason, retryAfter);
}
