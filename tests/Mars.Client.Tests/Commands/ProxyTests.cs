using Mars.Client.Tests.Support;

namespace Mars.Client.Tests.Commands;

public sealed class ProxyTests(TestServer server) : IClassFixture<TestServer>
{
    private const string NoProxy = "http://user:s3cret@127.0.0.1:9";

    [Theory]
    [InlineData("http_proxy")]
    [InlineData("https_proxy")]
    [InlineData("all_proxy")]
    [InlineData("ALL_PROXY")]
    public async Task Loopback_GoesThroughNoProxy(string variable)
    {
        var (exit, output, error) = await ClientProcess.ShellAsync($"$M models --json --server {server.Address.GetLeftPart(UriPartial.Authority)}", (variable, NoProxy));

        Assert.True(exit == 0, error);
        Assert.Contains("colour", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http_proxy")]
    [InlineData("all_proxy")]
    public async Task OtherHost_PlainHttp2_OneLineThatNamesTheProxy(string variable)
    {
        var (exit, _, error) = await ClientProcess.ShellAsync("$M models --server http://mars.example:5150", (variable, NoProxy));

        Assert.Equal(1, exit);
        Assert.Equal(
            "mars: the environment names the proxy 127.0.0.1:9 for mars.example, and HTTP/2 without TLS does not pass a proxy: add mars.example to no_proxy, or reach the server at an https:// address",
            error.Trim());
    }

    [Fact]
    public async Task OtherHost_InNoProxy_IsReachedDirectly()
    {
        var (exit, _, error) = await ClientProcess.ShellAsync("$M models --server http://mars.invalid:5150", ("http_proxy", NoProxy), ("no_proxy", "mars.invalid"));

        Assert.Equal(1, exit);
        Assert.StartsWith("mars: no Mars server at http://mars.invalid:5150", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherHost_Tls_ProxyThatIsNotThere_OneLineThatNamesIt()
    {
        var (exit, _, error) = await ClientProcess.ShellAsync("$M models --server https://mars.example:5150", ("https_proxy", NoProxy));

        Assert.Equal(1, exit);
        Assert.Contains("127.0.0.1:9", error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }
}
