using Mars.Client.Tests.Support;
using Mars.Server.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Mars.Page.Tests;

/// <summary>The page in a browser, before a running server.</summary>
public sealed class PageTests(Chromium chromium)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoCamera_SaysHowToStreamOne()
    {
        await using var server = await RunningServer.StartAsync();
        await using var open = await chromium.NewPageAsync();
        var page = open.Page;
        await page.GotoAsync(server.Address);
        await Expect(page.GetByRole(AriaRole.Status).First).ToHaveTextAsync("Live");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No camera yet" })).ToBeVisibleAsync();
        await Expect(page.Locator("#command")).ToHaveTextAsync($"./mars watch film.mp4 --server {server.Address}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = new("Copied|Press Ctrl") })).ToBeVisibleAsync();
        await Pictures.TakeAsync(page, "empty-desktop-light");
        await using var phone = await chromium.NewPageAsync(390, 844, dark: true);
        await phone.Page.GotoAsync(server.Address);
        await Expect(phone.Page.GetByText("No camera yet")).ToBeVisibleAsync();
        await Pictures.TakeAsync(phone.Page, "empty-phone-dark");
        Assert.Empty(await Contrast.FaultsAsync(page));
        Assert.Empty(await Contrast.FaultsAsync(phone.Page));
        Assert.Empty(open.Errors);
    }

    [Fact]
    public async Task CamerasThatStream_AreShownAsTheyAre_AndCanBeWalkedThroughByKeyboard()
    {
        await using var server = await RunningServer.StartAsync(("Mars:Page:Pictures", "true"));
        await using var entrance = new FilmCamera(server, "entrance", Film.Of(1000003));
        await using var hall = new FilmCamera(server, "hall-2", Film.Of(7, "wave_one_hand", "walk", "clap"), stride: 8);
        await using var gym = new FilmCamera(server, "gym", Film.Of(21, "jump", "kick", "swing_bat"), stride: 8);
        await using var open = await chromium.NewPageAsync();
        var page = open.Page;
        await page.GotoAsync(server.Address);
        var cards = page.GetByRole(AriaRole.List).Filter(new() { Has = page.Locator(".card") }).GetByRole(AriaRole.Heading);
        await Expect(cards).ToHaveTextAsync(["entrance", "gym", "hall-2"]);
        await ShowsWhatIsDoneAsync(page.Locator(".card").First, entrance);
        await Expect(page.Locator(".card .thumb").First).ToHaveJSPropertyAsync("naturalWidth", RunningServer.ModelSize);
        await Expect(page.GetByRole(AriaRole.Complementary)).ToContainTextAsync("mars-synthetic/2");
        await Expect(page.Locator("#events li:not(.open)").First).ToBeVisibleAsync();
        await Expect(page.Locator("#total-cameras")).ToHaveTextAsync("3");
        await Expect(page.Locator("#lanes .lane").First).ToBeVisibleAsync();
        await Pictures.TakeAsync(page, "page");

        // Tab by tab: past the cameras' cards by their names, into the large view and back to where one was.
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to the cameras" })).ToBeFocusedAsync();
        foreach (var name in (string[])["Mars", "entrance", "gym"])
        {
            await page.Keyboard.PressAsync("Tab");
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First).ToBeFocusedAsync();
        }
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "gym" })).ToBeFocusedAsync();
        await Expect(page.Locator("#camera-top li")).ToHaveCountAsync(5);
        await Expect(page.Locator("#track .lane").First).ToBeVisibleAsync();
        await Expect(page.GetByAltText("What gym sees now")).ToHaveJSPropertyAsync("naturalWidth", RunningServer.ModelSize);
        await Pictures.TakeAsync(page, "camera-desktop-light", full: true);
        Assert.Empty(await Contrast.FaultsAsync(page));
        await page.GoBackAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "gym", Exact = true }).First).ToBeFocusedAsync();

        await using var dark = await chromium.NewPageAsync(1280, 800, dark: true);
        await using var phone = await chromium.NewPageAsync(390, 844, dark: true);
        foreach (var other in (IPage[])[dark.Page, phone.Page])
        {
            await other.GotoAsync(server.Address);
            await Expect(other.Locator("#events li").First).ToBeVisibleAsync(); // they happened before this page was opened
            await Expect(other.Locator(".card .thumb").First).ToHaveJSPropertyAsync("naturalWidth", RunningServer.ModelSize);
            await Expect(other.Locator("#lanes .lane").First).ToBeVisibleAsync();
            Assert.Empty(await Contrast.FaultsAsync(other));
            Assert.True(await other.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways");
        }
        await Pictures.TakeAsync(dark.Page, "cameras-desktop-dark");
        await Pictures.TakeAsync(phone.Page, "cameras-phone-dark", full: true);
        await phone.Page.GetByRole(AriaRole.Link, new() { Name = "entrance", Exact = true }).First.ClickAsync();
        await Expect(phone.Page.Locator("#track .lane").First).ToBeVisibleAsync();
        await Expect(phone.Page.Locator("#view")).ToHaveJSPropertyAsync("naturalWidth", RunningServer.ModelSize);
        await Pictures.TakeAsync(phone.Page, "camera-phone-dark", full: true);
        Assert.Empty(await Contrast.FaultsAsync(phone.Page));
        Assert.Empty(open.Errors.Concat(dark.Errors).Concat(phone.Errors));
    }

    [Fact]
    public async Task ConnectionThatIsCut_IsSaidAndMendsItself()
    {
        await using var server = await RunningServer.StartAsync();
        await using var proxy = new CuttingProxy(new Uri(server.Address));
        await using var camera = new FilmCamera(server, "entrance", Film.Of(1000003));
        await using var open = await chromium.NewPageAsync();
        var page = open.Page;
        await page.GotoAsync(proxy.Address.ToString());
        await Expect(page.Locator(".card .label").First).ToBeVisibleAsync();
        await Expect(page.Locator("#connection")).ToHaveTextAsync("Live");
        proxy.Cut(refuse: true);
        await Expect(page.Locator("#connection")).ToHaveTextAsync("Connection lost");
        await Expect(page.Locator("#banner")).ToContainTextAsync("There is no connection to the server. What you see is from");
        Assert.Empty(await Contrast.FaultsAsync(page));
        await Pictures.TakeAsync(page, "lost-desktop-light");
        proxy.Cut(refuse: false);
        await Expect(page.Locator("#connection")).ToHaveTextAsync("Live");
        await Expect(page.Locator("#banner")).ToBeHiddenAsync();
        // What the page says is written down by itself: it may be back before anyone looks.
        await page.EvaluateAsync("""
            () => {
                const chip = document.getElementById("connection");
                window.said = [];
                new MutationObserver(() => window.said.push(chip.textContent)).observe(chip, { childList: true, characterData: true, subtree: true });
            }
            """);
        proxy.GoSilent(); // as when a cable is pulled: nothing says that it is over
        for (var i = 0; i < 600 && !await page.EvaluateAsync<bool>("() => window.said.includes('Connection lost')"); i++)
            await Task.Delay(50, Stop);
        Assert.Contains("Connection lost", await page.EvaluateAsync<string[]>("() => window.said"));
        await Expect(page.Locator("#connection")).ToHaveTextAsync("Live");
        Assert.Empty(open.Errors);
    }

    [Fact]
    public async Task CameraThatFallsSilentOrLeaves_IsSaid()
    {
        await using var server = await RunningServer.StartAsync();
        using var camera = new TestCamera(server, TestCamera.EveryWindow("door"));
        await camera.SendAsync(1, 20);
        await camera.SendAsync(TestCamera.Frame(5)); // out of order: a notice
        await using var open = await chromium.NewPageAsync();
        var page = open.Page;
        await page.GotoAsync(server.Address);
        await Expect(page.Locator(".card .state")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("silent for \\d+ s"));
        await camera.FinishAsync();
        await Expect(page.Locator(".card .state")).ToHaveTextAsync("left");
        await page.Locator(".card .name").ClickAsync(); // the events name the camera too
        await Expect(page.Locator("#notices")).ToContainTextAsync("bad frame");
        await Expect(page.Locator("#look")).ToBeDisabledAsync();
        Assert.Empty(open.Errors);
    }

    private static async Task ShowsWhatIsDoneAsync(ILocator card, FilmCamera camera)
    {
        var right = new HashSet<string>();
        for (var i = 0; i < 400 && right.Count < 2; i++)
        {
            var shown = await card.Locator(".label").First.TextContentAsync();
            right.UnionWith(camera.Doing(TimeSpan.FromSeconds(1)).Where(label => label.Replace('_', ' ') == shown));
            await Task.Delay(50, Stop);
        }
        Assert.True(right.Count >= 2, $"in 20 s only [{string.Join(", ", right)}] was shown while it was done or within a second");
    }
}
