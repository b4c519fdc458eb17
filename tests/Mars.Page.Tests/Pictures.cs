using Mars.TestSupport;
using Microsoft.Playwright;

namespace Mars.Page.Tests;

/// <summary>Where the tests leave pictures of the page, to be looked at: artifacts/page, or the folder in MARS_PAGE_PICTURES.</summary>
internal static class Pictures
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("MARS_PAGE_PICTURES") is { Length: > 0 } set ? set : Path.Combine(SharedData.Root, "artifacts", "page");

    public static Task TakeAsync(IPage page, string name, bool full = false) =>
        page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, $"{name}.png"), FullPage = full });
}
