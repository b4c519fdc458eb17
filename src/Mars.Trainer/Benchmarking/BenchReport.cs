using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ScottPlot;
using Spectre.Console;

namespace Mars.Trainer.Benchmarking;

/// <summary>What a bench measured: as a table, as JSON, as a picture.</summary>
/// <param name="Title">What was run.</param>
/// <param name="Threads">Of each run.</param>
/// <param name="Rows">In the order of the table; the first is what the others are compared with.</param>
internal sealed record BenchReport(string Title, int Threads, IReadOnlyList<BenchRow> Rows)
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>By name, as int8_vs_plain3d_fp32.</summary>
    public IReadOnlyDictionary<string, double> Ratios
    {
        get
        {
            var ratios = new Dictionary<string, double>();
            foreach (var (name, fast, slow) in new[]
            {
                ("int8_vs_plain3d_fp32", "ours_int8", "plain3d_fp32"),
                ("int8_vs_libtorch_bf16", "ours_int8", "libtorch_bf16"),
                ("int8_vs_libtorch_fp32", "ours_int8", "libtorch_fp32"),
                ("fp32_vs_plain3d_fp32", "ours_fp32", "plain3d_fp32"),
                ("int8_vs_fp32", "ours_int8", "ours_fp32"),
                ("stem_reuse_stride1_vs_without", "ours_fp32_stride1_reuse", "ours_fp32"),
                ("stem_reuse_stride4_vs_without", "ours_fp32_stride4_reuse", "ours_fp32"),
                ("stem_reuse_stride8_vs_without", "ours_fp32_stride8_reuse", "ours_fp32"),
                ("int8_stem_reuse_stride1_vs_without", "ours_int8_stride1_reuse", "ours_int8"),
                ("int8_stem_reuse_stride4_vs_without", "ours_int8_stride4_reuse", "ours_int8"),
                ("int8_stem_reuse_stride8_vs_without", "ours_int8_stride8_reuse", "ours_int8"),
            })
            {
                if (Rows.FirstOrDefault(r => r.Name == fast) is { } f && Rows.FirstOrDefault(r => r.Name == slow) is { } s)
                    ratios[name] = f.Over(s);
            }
            return ratios;
        }
    }

    public void Print()
    {
        var table = new Table().Border(TableBorder.Simple).Title(Markup.Escape(Title))
            .AddColumn(new TableColumn("what").NoWrap()).AddColumn(new TableColumn("ms a clip").RightAligned()).AddColumn(new TableColumn("least - most").RightAligned())
            .AddColumn(new TableColumn("clips/s").RightAligned()).AddColumn(new TableColumn($"x {Rows[0].Name}").RightAligned());
        foreach (var row in Rows)
            table.AddRow(row.Name, $"{row.Median:F1}", $"{row.Least:F1} - {row.Most:F1}", $"{1000 / row.Median:F1}", $"{row.Over(Rows[0]):F2}");
        AnsiConsole.Write(table);
        foreach (var (name, ratio) in Ratios)
            Console.WriteLine($"{name,-36} {ratio:F2}");
        Console.WriteLine($"{Machine}, {Threads} threads; medians of {Rows[0].Milliseconds.Count} rounds, all in turn");
    }

    public void WriteJson(string file) => File.WriteAllText(file, JsonSerializer.Serialize(
        new
        {
            Title,
            Machine,
            Threads,
            Rounds = Rows[0].Milliseconds.Count,
            Rows = Rows.Select(r => new { r.Name, r.Batch, MedianMs = r.Median, LeastMs = r.Least, MostMs = r.Most }),
            // Keys are promised with underscores.
            Ratios,
        },
        Indented) + "\n");

    public void WritePicture(string file)
    {
        var plot = new Plot();
        var bars = Rows.Select((r, i) => new Bar { Position = -i, Value = r.Median, Orientation = Orientation.Horizontal, FillColor = Color(r.Name), Label = string.Create(CultureInfo.InvariantCulture, $"{r.Median:F1}"), Size = 0.7 }).ToArray();
        plot.Add.Bars(bars).Horizontal = true;
        plot.Axes.Left.SetTicks([.. Rows.Select((_, i) => (double)-i)], [.. Rows.Select(r => r.Name)]);
        plot.Axes.Left.MinimumSize = 130;
        // What is hopeless here may run past the end: the others are what is compared.
        plot.Axes.SetLimitsX(0, Rows.Where(r => r.Median < 3 * Rows[0].Median).Max(r => r.Median) * 1.15);
        plot.Title(Title);
        plot.XLabel($"ms a clip (median), {Threads} threads");
        plot.SavePng(file, 900, 120 + (32 * Rows.Count));
    }

    private static ScottPlot.Color Color(string name) => ScottPlot.Color.FromHex(name.StartsWith("ours", StringComparison.Ordinal) ? "#1f77b4" : "#999999");

    private static string Machine
    {
        get
        {
            var model = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() : null;
            var vnni = File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").Any(l => l.StartsWith("flags", StringComparison.Ordinal) && l.Contains("vnni", StringComparison.Ordinal));
            return $"{Environment.ProcessorCount} cores of {model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {(System.Runtime.Intrinsics.X86.Avx512F.IsSupported ? "AVX-512" : System.Runtime.Intrinsics.X86.Avx2.IsSupported ? "AVX2" : "no AVX2")}{(vnni ? " with VNNI" : ", no VNNI")}";
        }
    }
}
