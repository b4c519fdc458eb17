using System.Text;

namespace Mars.Trainer.Evaluation;

/// <summary>An evaluation as Markdown, for model cards.</summary>
internal static class ResultMarkdown
{
    public static string Write(EvaluationResult result)
    {
        var text = new StringBuilder();
        text.AppendLine(null, $"Video accuracy **{result.VideoAccuracy * 100:F1}%** of {result.Videos} videos (mean logits of all non-overlapping clips), among the five highest {result.TopFiveAccuracy * 100:F1}%, clip accuracy {result.ClipAccuracy * 100:F1}% of {result.Clips} clips.");
        text.AppendLine();
        text.AppendLine(null, $"| true \\ recognised | {string.Join(" | ", result.Labels.Select(Cell))} | right |");
        text.AppendLine(null, $"| --- |{string.Concat(Enumerable.Repeat(" ---: |", result.Labels.Count + 1))}");
        for (var i = 0; i < result.Labels.Count; i++)
        {
            var cells = Enumerable.Range(0, result.Labels.Count).Select(j => result.Confusion[i, j] == 0 ? "" : $"{result.Confusion[i, j]}");
            text.AppendLine(null, $"| {Cell(result.Labels[i])} | {string.Join(" | ", cells)} | {(result.VideosOf(i) == 0 ? "" : $"{result.AccuracyOf(i) * 100:F0}%")} |");
        }
        return text.ToString();
    }

    /// <summary>Text as a cell of a table.</summary>
    public static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
