using Mars.Page.Tests;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)] // a server, cameras and a browser at a time

namespace Mars.Page.Tests;

/// <summary>One Chromium for all tests, Debian's; each page has a context of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Places.FirstOrDefault(File.Exists) is not { } place)
            return;
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(30_000);
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = place,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <summary>A new page, not yet anywhere. What goes wrong inside it is kept in <see cref="OpenPage.Errors"/>.</summary>
    internal async Task<OpenPage> NewPageAsync(int width = 1280, int height = 800, bool dark = false)
    {
        Assert.SkipWhen(_browser is null, "chromium is not on this machine");
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(30_000);
        return new OpenPage(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

/// <summary>A page in a browser.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    public OpenPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.PageError += (_, error) => Errors.Add(error);
        page.Console += (_, message) =>
        {
            // A request that fails is told by the browser too; the tests look at what the page says of it.
            if (message.Type == "error" && !message.Text.Contains("Failed to load resource", StringComparison.Ordinal))
                Errors.Add(message.Text);
        };
        page.Dialog += (_, dialog) => Errors.Add($"dialog: {dialog.Message}");
    }

    public IPage Page { get; }

    /// <summary>What scripts threw, and what the content security policy refused.</summary>
    public List<string> Errors { get; } = [];

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
