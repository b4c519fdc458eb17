using System.Globalization;
using System.Security;
using System.Text;

namespace Mars.Docs.Pictures;

/// <summary>A drawing as text.</summary>
internal sealed class Svg(int width, int height)
{
    public const string Ink = "#1f2933";
    public const string Dim = "#6b7785";
    public const string Faint = "#d5dae0";
    public const string Blue = "#2f6fb3";
    public const string Green = "#2e8b57";
    public const string Orange = "#d9822b";
    public const string Red = "#c23030";
    public const string Violet = "#7157a8";

    private readonly StringBuilder _shapes = new();

    /// <summary>One after another, for things that lie side by side.</summary>
    public static string Colour(int index) => (index % 5) switch { 0 => Blue, 1 => Orange, 2 => Green, 3 => Violet, _ => Red };

    public void Rect(double x, double y, double w, double h, string fill, double opacity = 1, string? stroke = null) =>
        Add($"<rect x='{N(x)}' y='{N(y)}' width='{N(w)}' height='{N(h)}' rx='2' fill='{fill}' fill-opacity='{N(opacity)}'{(stroke is null ? "" : $" stroke='{stroke}'")}/>");

    public void Line(double x1, double y1, double x2, double y2, string colour, double width = 1, bool dashed = false) =>
        Add($"<line x1='{N(x1)}' y1='{N(y1)}' x2='{N(x2)}' y2='{N(y2)}' stroke='{colour}' stroke-width='{N(width)}'{(dashed ? " stroke-dasharray='4 3'" : "")}/>");

    public void Curve(IEnumerable<(double X, double Y)> points, string colour) =>
        Add($"<polyline points='{string.Join(' ', points.Select(p => $"{N(p.X)},{N(p.Y)}"))}' fill='none' stroke='{colour}' stroke-width='2'/>");

    public void Dot(double x, double y, string colour) => Add($"<circle cx='{N(x)}' cy='{N(y)}' r='2.5' fill='{colour}' fill-opacity='0.5'/>");

    public void Text(double x, double y, string text, string colour = Ink, int size = 12, string anchor = "start") =>
        Add($"<text x='{N(x)}' y='{N(y)}' font-size='{size}' fill='{colour}' text-anchor='{anchor}'>{SecurityElement.Escape(text)}</text>");

    public override string ToString() =>
        $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}' font-family='Helvetica, Arial, sans-serif'>\n"
        + $"<rect width='{width}' height='{height}' fill='#ffffff'/>\n{_shapes}</svg>\n";

    private void Add(string shape) => _shapes.Append(shape).Append('\n');

    private static string N(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);
}
