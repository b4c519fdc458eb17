namespace Mars.Client.Tests.Support;

internal static class Limits
{
    /// <summary>Cancelled when the test run is, and in any case after half a minute: no test may hang.</summary>
    public static CancellationToken Wait
    {
        get
        {
            var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(30));
            return limit.Token;
        }
    }
}
