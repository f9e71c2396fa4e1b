using System.Globalization;
using System.Net;
using System.Text;

namespace AccuracyMonitor.Cli.Evaluation.Report;

/// <summary>A plot of numbers on two axes as inline SVG, in the page's colours.</summary>
internal sealed class SvgPlot
{
    private const int Left = 48;
    private const int Bottom = 36;
    private const int Top = 26;
    private const int Right = 12;
    private readonly StringBuilder _body = new();
    private readonly string _title;
    private readonly int _width;
    private readonly int _height;
    private readonly (double From, double To) _x;
    private readonly (double From, double To) _y;

    /// <param name="title">Above the plot, and for screen readers.</param>
    /// <param name="size">Pixels.</param>
    /// <param name="x">Range of the horizontal axis.</param>
    /// <param name="y">Range of the vertical axis.</param>
    public SvgPlot(string title, (int Width, int Height) size, (double From, double To) x, (double From, double To) y)
    {
        (_title, _width, _height, _x, _y) = (title, size.Width, size.Height, x, y);
    }

    public void Axes(string horizontal, string vertical, int ticks = 5)
    {
        for (var i = 0; i <= ticks; i++)
        {
            var (x, y) = (_x.From + ((_x.To - _x.From) * i / ticks), _y.From + ((_y.To - _y.From) * i / ticks));
            Raw($"<line class=\"grid\" x1=\"{N(X(x))}\" y1=\"{N(Y(_y.From))}\" x2=\"{N(X(x))}\" y2=\"{N(Y(_y.To))}\"/>");
            Raw($"<line class=\"grid\" x1=\"{N(X(_x.From))}\" y1=\"{N(Y(y))}\" x2=\"{N(X(_x.To))}\" y2=\"{N(Y(y))}\"/>");
            Text(X(x), _height - Bottom + 14, x.ToString("0.##", CultureInfo.InvariantCulture), "middle");
            Text(Left - 5, Y(y) + 4, y.ToString("0.##", CultureInfo.InvariantCulture), "end");
        }

        Text((Left + _width - Right) / 2.0, _height - 4, horizontal, "middle");
        Text(4, Top - 10, vertical, "start");
    }

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        Raw($"<line class=\"{style}\" x1=\"{N(X(x1))}\" y1=\"{N(Y(y1))}\" x2=\"{N(X(x2))}\" y2=\"{N(Y(y2))}\"/>");

    /// <param name="x">Place.</param>
    /// <param name="y">Place.</param>
    /// <param name="style">Class of the page's style sheet.</param>
    /// <param name="hint">Shown under the pointer.</param>
    /// <param name="radius">Pixels.</param>
    public void Point(double x, double y, string style, string hint, double radius = 2.5) =>
        Raw($"<circle class=\"{style}\" cx=\"{N(X(x))}\" cy=\"{N(Y(y))}\" r=\"{N(radius)}\"><title>{E(hint)}</title></circle>");

    public void Path(IEnumerable<(double X, double Y)> points, string style) =>
        Raw($"<polyline class=\"{style}\" points=\"{string.Join(' ', points.Select(p => $"{N(X(p.X))},{N(Y(p.Y))}"))}\"/>");

    public override string ToString() =>
        $"<svg role=\"img\" viewBox=\"0 0 {_width} {_height}\" width=\"{_width}\" height=\"{_height}\"><title>{E(_title)}</title>{_body}</svg>";

    /// <summary>For text of the page: names come from files.</summary>
    public static string E(string text) => WebUtility.HtmlEncode(text);

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private double X(double x) => Left + ((Math.Clamp(x, _x.From, _x.To) - _x.From) / (_x.To - _x.From) * (_width - Left - Right));

    private double Y(double y) => _height - Bottom - ((Math.Clamp(y, _y.From, _y.To) - _y.From) / (_y.To - _y.From) * (_height - Bottom - Top));

    private void Text(double x, double y, string text, string anchor) => Raw($"<text x=\"{N(x)}\" y=\"{N(y)}\" text-anchor=\"{anchor}\">{E(text)}</text>");

    private void Raw(string markup) => _body.Append(markup);
}
