namespace Mars.Client.Tests.Support;

internal static class Limits
{
    /// <summary>Cancelled when the test run is, and in any case after two minutes: no test may hang, and machines that build beside may be slow.</summary>
    public static CancellationToken Wait
    {
        get
        {
            var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromMinutes(2));
            return limit.Token;
        }
    }
}
