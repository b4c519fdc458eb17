namespace Mars.Client.Reporting;

/// <summary>A score as a bar of text.</summary>
internal static class Bar
{
    public static string Text(double score, int width)
    {
        var filled = Math.Clamp((int)Math.Round(score * width), 0, width);
        return new string('█', filled) + new string('░', width - filled);
    }

    /// <summary>With colour markup: green from 0.6 on, yellow from 0.3.</summary>
    public static string Markup(double score, int width)
    {
        var filled = Math.Clamp((int)Math.Round(score * width), 0, width);
        var colour = score >= 0.6 ? "green" : score >= 0.3 ? "yellow" : "grey";
        return $"[{colour}]{new string('█', filled)}[/][grey23]{new string('░', width - filled)}[/]";
    }
}
