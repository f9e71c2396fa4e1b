using System.Globalization;
using System.Text;

namespace AccuracyMonitor.Cli.Evaluation.Report;

/// <summary>The plots of the page.</summary>
internal static class EvaluationPlots
{
    private static readonly string[] Shown = [Method.Audited, Method.Combined, Method.UniformWilson, Method.Monitor];
    private static readonly (int, int) Square = (320, 320);

    /// <summary>One point a condition: what a method said of its first window, with its interval, over the truth.</summary>
    public static IEnumerable<string> EstimateOverTruth(IReadOnlyList<ConditionResult> conditions)
    {
        foreach (var method in Shown.Where(m => conditions.Any(c => c.Examples.Any(e => e.Method == m))))
        {
            var plot = new SvgPlot($"{method}: estimate over truth, one point a condition", Square, (0, 1), (0, 1));
            plot.Axes("truth", $"{method}: estimate and interval");
            plot.Line(0, 0, 1, 1, "reference");
            foreach (var (condition, example) in conditions.SelectMany(c => c.Examples.Where(e => e.Method == method).Select(e => (c, e))))
            {
                var missed = example.Bounds is { } b && (example.Truth < b.Lower || example.Truth > b.Upper);
                if (example.Bounds is { } bounds)
                {
                    plot.Line(example.Truth, bounds.Lower, example.Truth, bounds.Upper, missed ? "interval missed" : "interval");
                }

                plot.Point(example.Truth, example.Value, missed ? "point missed" : "point", $"{condition.File} {condition.Condition}: truth {example.Truth:0.000}, estimate {example.Value:0.000}");
            }

            yield return plot.ToString();
        }
    }

    /// <summary>Pooled error of every method, as bars on a logarithmic scale: label-free methods are an order of magnitude off.</summary>
    public static string ErrorByMethod(IReadOnlyList<PooledResult> pooled)
    {
        const int Row = 20;
        var values = pooled.Select(p => (p.Method, Error: 100 * Math.Sqrt(p.MeanSquareError), Few: Method.FewLabels.Contains(p.Method, StringComparer.Ordinal))).ToArray();
        var largest = Math.Max(1, values.Max(v => v.Error));
        var smallest = Math.Max(0.01, values.Min(v => v.Error) / 2);
        var scale = 420 / Math.Max(1e-9, Math.Log(largest / smallest));
        var svg = new StringBuilder(Invariant($"<svg role=\"img\" viewBox=\"0 0 660 {(values.Length * Row) + 8}\" width=\"660\" height=\"{(values.Length * Row) + 8}\"><title>Root-mean-square error by method, points of accuracy, logarithmic</title>"));
        for (var i = 0; i < values.Length; i++)
        {
            var width = Math.Max(1, scale * Math.Log(Math.Max(values[i].Error, smallest) / smallest));
            svg.Append(Invariant($"<text x=\"168\" y=\"{(i * Row) + 16}\" text-anchor=\"end\">{SvgPlot.E(values[i].Method)}</text>"))
                .Append(Invariant($"<rect class=\"{(values[i].Few ? "few" : "free")}\" x=\"176\" y=\"{(i * Row) + 4}\" width=\"{width:0.#}\" height=\"{Row - 6}\"/>"))
                .Append(Invariant($"<text x=\"{182 + width:0.#}\" y=\"{(i * Row) + 16}\">{values[i].Error:0.00}</text>"));
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>Share right over mean score, per score, all conditions together.</summary>
    public static IEnumerable<string> Reliability(IReadOnlyList<ConditionResult> conditions)
    {
        const int Bins = 10;
        foreach (var score in conditions.SelectMany(c => c.Reliability).GroupBy(b => b.Score, StringComparer.Ordinal))
        {
            var plot = new SvgPlot($"Reliability of {score.Key}", Square, (0, 1), (0, 1));
            plot.Axes("mean score", $"{score.Key}: share right");
            plot.Line(0, 0, 1, 1, "reference");
            var bins = score.GroupBy(b => Math.Min(Bins - 1, (int)(b.MeanScore * Bins))).OrderBy(g => g.Key).Select(g => (
                Score: g.Sum(b => b.MeanScore * b.Count) / g.Sum(b => b.Count), Right: g.Sum(b => b.Accuracy * b.Count) / g.Sum(b => b.Count), Count: g.Sum(b => b.Count))).ToArray();
            plot.Path(bins.Select(b => (b.Score, b.Right)), "curve");
            foreach (var bin in bins)
            {
                plot.Point(bin.Score, bin.Right, "point", Invariant($"score {bin.Score:0.000}, right {bin.Right:0.000}, {bin.Count:0} predictions"), 3.5);
            }

            yield return plot.ToString();
        }
    }

    /// <summary>Coverage by family of conditions, with two standard errors of the simulation about the nominal level.</summary>
    public static IEnumerable<string> CoverageByFamily(IReadOnlyList<ConditionResult> conditions, double nominal)
    {
        foreach (var method in Shown.Where(m => conditions.Any(c => c.Of(m)?.Coverage is not null)))
        {
            var families = conditions.Where(c => c.Of(method)?.Coverage is not null).GroupBy(c => $"{c.File} {c.Family}", StringComparer.Ordinal).Select(g =>
            {
                var tally = default(Tally);
                foreach (var condition in g)
                {
                    tally.Merge(condition.Of(method)!.Value);
                }

                return (Name: g.Key, tally);
            }).OrderBy(f => f.tally.Coverage).ToArray();
            var plot = new SvgPlot($"{method}: coverage by family of conditions", (660, 240), (0, Math.Max(1, families.Length)), (0, 1));
            plot.Axes("families, the least covered first", $"{method}: share of intervals that held the truth");
            plot.Line(0, nominal, families.Length, nominal, "reference");
            for (var i = 0; i < families.Length; i++)
            {
                var error = 2 * Math.Sqrt(nominal * (1 - nominal) / families[i].tally.Windows);
                plot.Line(i + 0.5, nominal - error, i + 0.5, nominal + error, "interval");
                plot.Point(i + 0.5, families[i].tally.Coverage!.Value, families[i].tally.Coverage < nominal - error ? "point missed" : "point", Invariant($"{families[i].Name}: {families[i].tally.Coverage:P1} of {families[i].tally.Windows} windows"));
            }

            yield return plot.ToString();
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
