using ScottPlot;

namespace Mars.Trainer.Reporting;

/// <summary>The report's tables as bars.</summary>
internal static class ReportCharts
{
    private const int Width = 900, Height = 450;

    private static readonly CoordinateRange Whole = new(0, 105); // percent, and room for a deviation

    /// <summary>Writes what the experiments allow and returns the names of the files.</summary>
    public static IReadOnlyList<string> Write(string folder, IReadOnlyList<Experiment> experiments)
    {
        var written = new List<string>();
        Accuracies("streams.png", "Video accuracy (%)", [.. PaperTables.StreamAccuracies(experiments).Select(s => (s.Name, s.Videos))]);
        var still = PaperTables.StaticAccuracies(experiments);
        if (still.Count > 0)
            Save("static.png", "Video accuracy, moving and static (%)", Whole, [.. still.Select(s => s.Name)], [("moving", [.. still.Select(s => s.Moving)]), ("static", [.. still.Select(s => s.Static)])]);
        Accuracies("alpha.png", "Video accuracy of MARS by alpha (%)", PaperTables.AlphaAccuracies(experiments));
        Accuracies("layer.png", "Video accuracy of MARS by the layer of the distance (%)", PaperTables.LayerAccuracies(experiments));
        var gains = PaperTables.ClassGains(experiments);
        if (gains.Count > 0)
            Save("gains.png", "MARS over RGB, by class (points)", null, [.. gains.Select(g => g.Label)], [("", [.. gains.Select(g => new Spread([g.Mars - g.Rgb]))])]);
        return written;

        void Accuracies(string name, string title, IReadOnlyList<(string Name, Spread Videos)> rows)
        {
            if (rows.Count > 0)
                Save(name, title, Whole, [.. rows.Select(r => r.Name)], [("", [.. rows.Select(r => r.Videos)])]);
        }

        void Save(string name, string title, CoordinateRange? range, string[] labels, (string Name, Spread[] Values)[] series)
        {
            var plot = new Plot();
            for (var s = 0; s < series.Length; s++)
            {
                var colour = new ScottPlot.Palettes.Category10().GetColor(s);
                var width = 0.8 / series.Length;
                var bars = series[s].Values.Select((v, i) => new Bar
                {
                    Position = i + ((s - ((series.Length - 1) / 2.0)) * width),
                    Value = v.Mean * 100,
                    Error = v.Deviation * 100,
                    Size = width,
                    FillColor = colour,
                });
                plot.Add.Bars(bars.ToArray()).LegendText = series[s].Name;
            }
            plot.Title(title);
            if (range is { } shown)
                plot.Axes.SetLimitsY(shown.Min, shown.Max);
            plot.Axes.Bottom.SetTicks([.. labels.Select((_, i) => (double)i)], labels);
            plot.Axes.Bottom.TickLabelStyle.Rotation = labels.Length > 6 ? 30 : 0;
            plot.Axes.Bottom.TickLabelStyle.Alignment = labels.Length > 6 ? Alignment.UpperLeft : Alignment.UpperCenter;
            plot.Axes.Bottom.MinimumSize = labels.Length > 6 ? 90 : 30;
            plot.Axes.Right.MinimumSize = 60;
            if (series.Length > 1)
                plot.ShowLegend(Alignment.UpperRight);
            plot.SavePng(Path.Combine(folder, name), Width, Height);
            written.Add(name);
        }
    }
}
