using System.Text;
using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>Root-mean-square error of every method as bars, with the condition where it is largest.</summary>
internal static class ErrorBars
{
    private const int Width = 360;
    private const int Left = 162;
    private const int Right = 46;
    private const int Top = 26;
    private const int Row = 20;

    /// <summary>Two figures on one scale: methods with labels of the judged window, and those without.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<ConditionResult> conditions, IReadOnlyList<PooledResult> pooled)
    {
        var bars = pooled.Select(p => (p.Method, Error: 100 * Math.Sqrt(p.MeanSquareError), Worst: Worst(conditions, p.Method)))
            .Where(b => double.IsFinite(b.Error)).ToArray();
        var scale = Scale(conditions, pooled);
        foreach (var group in bars.GroupBy(b => EstimatorTable.Get(b.Method).Labels is LabelUse.Window or LabelUse.Condition).OrderByDescending(g => g.Key))
        {
            var best = group.MinBy(b => b.Error);
            yield return Markup.Figure(
                Draw(group.Key ? "With labels of the window" : "Without labels of the window", group.Key ? "few" : "free", [.. group], scale),
                Markup.Text($"Least: {best.Method}, {best.Error:0.00} points"));
        }
    }

    public static ErrorScale Scale(IReadOnlyList<ConditionResult> conditions, IReadOnlyList<PooledResult> pooled) => new(
        pooled.SelectMany(p => new[] { 100 * Math.Sqrt(p.MeanSquareError), Worst(conditions, p.Method).Error }).Where(double.IsFinite));

    private static (double Error, string Name) Worst(IReadOnlyList<ConditionResult> conditions, string method) => conditions
        .Where(c => c.Of(method) is not null).Select(c => (Error: 100 * c.Of(method)!.Value.RootMeanSquareError, Name: $"{c.File} {c.Condition}"))
            .MaxBy(c => c.Error);

    private static string Draw(string title, string style, (string Method, double Error, (double Error, string Name) Worst)[] bars, ErrorScale scale)
    {
        var bottom = Top + (bars.Length * Row);
        var errors = string.Join("; ", bars.Select(b => Markup.Text($"{b.Method} {b.Error:0.00}, at worst {b.Worst.Error:0.00} ({b.Worst.Name})")));
        var svg = new StringBuilder(Markup.Of($"<svg role=\"img\" viewBox=\"0 0 {Width} {bottom + 36}\"><title>{title}: error by method</title>"))
            .Append(Markup.Of($"<desc>{errors}</desc>"))
            .Append(Markup.Of($"<text class=\"name\" x=\"4\" y=\"14\">{title}</text>"));
        foreach (var tick in scale.Ticks)
        {
            svg.Append(Markup.Of($"<line class=\"grid\" x1=\"{X(scale, tick):0.#}\" y1=\"{Top}\" x2=\"{X(scale, tick):0.#}\" y2=\"{bottom}\"/>"))
                .Append(Markup.Of($"<text x=\"{X(scale, tick):0.#}\" y=\"{bottom + 14}\" text-anchor=\"middle\">{tick:0.###}</text>"));
        }

        svg.Append(Markup.Of(
            $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{bottom + 31}\" text-anchor=\"middle\">"))
            .Append(Markup.Of($"RMSE, points{(scale.IsLogarithmic ? ", logarithmic" : "")}</text>"));
        foreach (var (i, (method, error, worst)) in bars.Index())
        {
            var y = Top + (i * Row);
            svg.Append(Markup.Of($"<text x=\"{Left - 6}\" y=\"{y + 14}\" text-anchor=\"end\">{method}</text>"))
                .Append(Markup.Of($"<rect class=\"{style}\" x=\"{Left}\" y=\"{y + 4}\" width=\"{X(scale, error) - Left:0.#}\" height=\"{Row - 8}\"/>"))
                .Append(SvgPlot.Diamond(X(scale, worst.Error), y + (Row / 2), Markup.Text($"{method} is worst in {worst.Name}: {worst.Error:0.00}")))
                .Append(Markup.Of($"<text x=\"{Width - 2}\" y=\"{y + 14}\" text-anchor=\"end\">{error:0.00}</text>"));
        }

        return svg.Append("</svg>").ToString();
    }

    private static double X(ErrorScale scale, double error) => Left + (scale.Place(error) * (Width - Left - Right));
}
