using Mars.Client.Reporting;

namespace Mars.Client.Demo;

/// <summary>Chooses how to show a demo.</summary>
internal static class DemoViews
{
    public static IDemoView Create(Terminal terminal, bool json)
    {
        if (json)
            return new JsonDemoView(terminal);
        return terminal.IsLive ? new LiveDemoView(terminal.Console) : new PlainDemoView(terminal);
    }
}
