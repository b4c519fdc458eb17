using System.Globalization;
using Mars.Trainer.Evaluation;

namespace Mars.Trainer.Reporting;

/// <summary>The tables of the paper for one's own data: what of them the runs allow.</summary>
internal static class PaperTables
{
    // Rows of the main table: which streams' logits are added.
    private static readonly (string Name, string[] Streams)[] Sums =
    [
        ("RGB", ["rgb"]), ("Flow", ["flow"]), ("MERS", ["mers"]), ("MARS", ["mars"]), ("MERS+RGB", ["mers", "rgb"]), ("MERS+Flow", ["mers", "flow"]),
        ("MARS+RGB", ["mars", "rgb"]), ("RGB+Flow", ["rgb", "flow"]), ("MARS+Flow", ["mars", "flow"]), ("MARS+RGB+Flow", ["mars", "rgb", "flow"]),
    ];

    private static readonly string[] Layers = ["avgpool", "layer4", "layer3", "logits"];

    public static IReadOnlyList<ReportTable> Make(IReadOnlyList<Experiment> experiments)
    {
        var tables = new List<ReportTable>
        {
            new("Streams and their sums", "Accuracy in percent. Videos: mean of the logits of all non-overlapping clips; a sum of streams is the mean of their logits.",
                ["", "videos", "top-5", "clips"], [.. StreamAccuracies(experiments).Select(r => (IReadOnlyList<string>)[r.Name, $"{r.Videos}", $"{r.TopFive}", $"{r.Clips}"])]),
            new("Moving against static", "Video accuracy in percent. Static: each clip is its middle frame again and again (its flow is none), so that only appearance is left.",
                ["", "moving", "static"], [.. StaticAccuracies(experiments).Select(r => (IReadOnlyList<string>)[r.Name, $"{r.Moving}", $"{r.Static}"])]),
            new("Weight of the distance to the teacher", "MARS by alpha: small tends to RGB, large to MERS. Video accuracy in percent.",
                ["alpha", "videos"], [.. AlphaAccuracies(experiments).Select(r => (IReadOnlyList<string>)[r.Name, $"{r.Videos}"])]),
            new("Where the distance is taken", "MARS by the layer at which it is compared with its teacher. Video accuracy in percent.",
                ["layer", "videos"], [.. LayerAccuracies(experiments).Select(r => (IReadOnlyList<string>)[r.Name, $"{r.Videos}"])]),
            new("Classes that gain", "Video accuracy in percent, mean over seeds or folds, by what MARS gains over RGB.",
                ["", "RGB", "MARS", "gain"], [.. ClassGains(experiments).Select(g => (IReadOnlyList<string>)[g.Label, Percent(g.Rgb), Percent(g.Mars), Signed(g.Mars - g.Rgb)])]),
        };
        return [.. tables.Where(t => t.Rows.Count > 0)];
    }

    /// <summary>The main table's rows, as far as every experiment has the streams.</summary>
    public static IReadOnlyList<(string Name, Spread Videos, Spread TopFive, Spread Clips)> StreamAccuracies(IReadOnlyList<Experiment> experiments)
    {
        var rows = new List<(string, Spread, Spread, Spread)>();
        foreach (var (name, streams) in Sums.Where(s => s.Streams.All(stream => Have(experiments, stream))))
        {
            var results = experiments.Select(e => EvaluationResult.From(VideoScores.Sum([.. streams.Select(s => e.Streams[s].Moving)]))).ToList();
            rows.Add((name, Of(results, r => r.VideoAccuracy), Of(results, r => r.TopFiveAccuracy), Of(results, r => r.ClipAccuracy)));
        }
        return rows;
    }

    /// <summary>Accuracy with and without motion.</summary>
    public static IReadOnlyList<(string Name, Spread Moving, Spread Static)> StaticAccuracies(IReadOnlyList<Experiment> experiments) =>
        [.. Sums.Where(s => s.Streams.Length == 1 && Have(experiments, s.Streams[0])).Select(s =>
        {
            var moving = experiments.Select(e => EvaluationResult.From(e.Streams[s.Streams[0]].Moving)).ToList();
            var still = experiments.Select(e => EvaluationResult.From(e.Streams[s.Streams[0]].Static!)).ToList();
            return (s.Name, Of(moving, r => r.VideoAccuracy), Of(still, r => r.VideoAccuracy));
        })];

    /// <summary>Accuracy of each class, most gained first.</summary>
    public static IReadOnlyList<(string Label, double Rgb, double Mars)> ClassGains(IReadOnlyList<Experiment> experiments)
    {
        if (!Have(experiments, "rgb") || !Have(experiments, "mars"))
            return [];
        var rgb = experiments.Select(e => EvaluationResult.From(e.Streams["rgb"].Moving)).ToList();
        var mars = experiments.Select(e => EvaluationResult.From(e.Streams["mars"].Moving)).ToList();
        return [.. rgb[0].Labels.Select((label, c) => (label, rgb.Average(r => r.AccuracyOf(c)), mars.Average(r => r.AccuracyOf(c)))).OrderByDescending(g => g.Item3 - g.Item2)];
    }

    /// <summary>MARS by the weight of the distance to its teacher; none where only one was tried.</summary>
    public static IReadOnlyList<(string Name, Spread Videos)> AlphaAccuracies(IReadOnlyList<Experiment> experiments) =>
        Study((run, mars) => run.DistillAt == mars.DistillAt, run => run.Alpha, run => run.Alpha.ToString(CultureInfo.InvariantCulture), experiments);

    /// <summary>MARS by the layer where the distance is taken; none where only one was tried.</summary>
    public static IReadOnlyList<(string Name, Spread Videos)> LayerAccuracies(IReadOnlyList<Experiment> experiments) =>
        Study((run, mars) => run.Alpha.Equals(mars.Alpha), run => Array.IndexOf(Layers, run.DistillAt), run => run.DistillAt, experiments);

    // Runs that differ from the run "mars" in one option only, and that itself: one seed is enough for a study.
    private static IReadOnlyList<(string Name, Spread Videos)> Study(
        Func<StreamRun, StreamRun, bool> alike, Func<StreamRun, double> order, Func<StreamRun, string> name, IReadOnlyList<Experiment> experiments)
    {
        var studies = experiments.Where(e => e.Streams.ContainsKey("mars"))
            .Select(e => e.Streams.Values.Where(r => r.IsMars && alike(r, e.Streams["mars"])).ToList())
            .Where(runs => runs.Count > 1)
            .ToList();
        return [.. studies.SelectMany(runs => runs).GroupBy(name).OrderBy(g => order(g.First()))
            .Where(g => g.Count() == studies.Count)
            .Select(g => (g.Key, Of([.. g.Select(r => EvaluationResult.From(r.Moving))], r => r.VideoAccuracy)))];
    }

    private static bool Have(IReadOnlyList<Experiment> experiments, string stream) => experiments.All(e => e.Streams.ContainsKey(stream));

    private static Spread Of(List<EvaluationResult> results, Func<EvaluationResult, double> figure) => new([.. results.Select(figure)]);

    private static string Percent(double part) => string.Create(CultureInfo.InvariantCulture, $"{part * 100:F1}");

    private static string Signed(double part) => string.Create(CultureInfo.InvariantCulture, $"{part * 100:+0.0;-0.0;0.0}");
}
