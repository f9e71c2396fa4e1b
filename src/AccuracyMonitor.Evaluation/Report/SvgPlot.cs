using System.Text;
using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>A plot of numbers on two axes as inline SVG, in the page's colours.</summary>
internal sealed class SvgPlot
{
    private const int Width = 300;
    private const int Height = 290;
    private const int Left = 38;
    private const int Bottom = 36;
    private const int Top = 42;
    private const int Right = 12;
    private readonly StringBuilder _body = new();
    private readonly Axis _x;
    private readonly Axis _y;

    /// <param name="title">Above the plot, and its name for screen readers.</param>
    /// <param name="description">For screen readers: what is drawn.</param>
    /// <param name="x">Horizontal.</param>
    /// <param name="y">Vertical.</param>
    public SvgPlot(string title, string description, Axis x, Axis y)
    {
        (_x, _y) = (x, y);
        _body.Append(Markup.Of($"<svg role=\"img\" viewBox=\"0 0 {Width} {Height}\"><title>{title}</title><desc>{description}</desc>"));
        foreach (var tick in x.Ticks())
        {
            Line(tick, y.From, tick, y.To, "grid");
            Text(X(tick), Height - Bottom + 15, Markup.Text($"{tick:0.##}"), "middle");
        }

        foreach (var tick in y.Ticks())
        {
            Line(x.From, tick, x.To, tick, "grid");
            Text(Left - 5, Y(tick) + 4, Markup.Text($"{tick:0.##}"), "end");
        }

        _body.Append(Markup.Of($"<text class=\"name\" x=\"4\" y=\"14\">{title}</text>"));
        Text(4, Top - 11, y.Label, "start");
        Text((Left + Width - Right) / 2.0, Height - 5, x.Label, "middle");
    }

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        _body.Append(Markup.Of($"<line class=\"{style}\" x1=\"{X(x1):0.#}\" y1=\"{Y(y1):0.#}\" x2=\"{X(x2):0.#}\" y2=\"{Y(y2):0.#}\"/>"));

    /// <summary>A filled rectangle.</summary>
    public void Band(double x1, double y1, double x2, double y2) =>
        _body.Append(Markup.Of($"<rect class=\"band\" x=\"{X(x1):0.##}\" y=\"{Y(y2):0.#}\" width=\"{X(x2) - X(x1):0.##}\" height=\"{Y(y1) - Y(y2):0.#}\"/>"));

    /// <param name="x">Place.</param>
    /// <param name="y">Place.</param>
    /// <param name="isMissed">Drawn in red and as a diamond: colour alone is not seen by all.</param>
    /// <param name="hint">Shown under the pointer.</param>
    /// <param name="radius">Pixels.</param>
    public void Point(double x, double y, bool isMissed, string hint, double radius = 2.5) => _body.Append(isMissed
        ? Diamond(X(x), Y(y), hint)
        : Markup.Of($"<circle class=\"point\" cx=\"{X(x):0.#}\" cy=\"{Y(y):0.#}\" r=\"{radius:0.#}\"><title>{hint}</title></circle>"));

    public void Path(IEnumerable<(double X, double Y)> points) => _body.Append("<polyline class=\"curve\" points=\"")
        .AppendJoin(' ', points.Select(p => Markup.Text($"{X(p.X):0.#},{Y(p.Y):0.#}"))).Append("\"/>");

    public override string ToString() => $"{_body}</svg>";

    /// <summary>A red mark with its middle there.</summary>
    public static string Diamond(double x, double y, string hint) =>
        Markup.Of($"<path class=\"missed\" d=\"M{x:0.#} {y - 4.5:0.#}l4.5 4.5l-4.5 4.5l-4.5 -4.5z\"><title>{hint}</title></path>");

    private double X(double x) => Left + (_x.Place(x) * (Width - Left - Right));

    private double Y(double y) => Height - Bottom - (_y.Place(y) * (Height - Bottom - Top));

    private void Text(double x, double y, string text, string anchor) =>
        _body.Append(Markup.Of($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{text}</text>"));
}
