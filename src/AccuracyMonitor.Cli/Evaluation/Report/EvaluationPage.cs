using System.Globalization;
using System.Text;

namespace AccuracyMonitor.Cli.Evaluation.Report;

/// <summary>An evaluation as one self-contained page: no script, nothing fetched, light and dark.</summary>
internal static class EvaluationPage
{
    public const string FileName = "index.html";

    private const string Style =
        """
        :root{--ink:#1d2330;--paper:#fff;--faint:#dfe3ea;--blue:#1f5fbf;--grey:#7b8494;--red:#c2352b;color-scheme:light dark}
        @media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--paper:#14171d;--faint:#2d333e;--blue:#7fb0ff;--grey:#9aa4b5;--red:#ff7d70}}
        body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:70rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem}.plots{display:flex;flex-wrap:wrap;gap:1rem}
        svg{max-width:100%;height:auto}svg text{fill:var(--ink);font:11px system-ui,sans-serif}.grid{stroke:var(--faint)}
        .reference{stroke:var(--grey);stroke-dasharray:4 3}.interval{stroke:var(--blue);opacity:.35}.point{fill:var(--blue)}.missed{stroke:var(--red);fill:var(--red);opacity:.9}
        .curve{fill:none;stroke:var(--blue)}.few{fill:var(--blue)}.free{fill:var(--grey)}
        .wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}th,td{padding:.15rem .6rem;text-align:right;border-bottom:1px solid var(--faint)}
        th:first-child,td:first-child{text-align:left}.error{color:var(--red)}
        """;

    public static async Task WriteAsync(string folder, EvaluationSettings settings, EvaluationResult result, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, FileName), Page(settings, result), cancellation);
    }

    public static string Page(EvaluationSettings settings, EvaluationResult result)
    {
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")
            .Append("<title>Accuracy Monitor: evaluation</title><style>").Append(Style).Append("</style></head><body><h1>How well is accuracy estimated?</h1>")
            .Append(Invariant($"<p>{settings.Budget} labels a window, {settings.Repeats} windows a condition, {result.Conditions.Count} conditions, seed {settings.Seed}"))
            .Append(settings.EarlierLabels > 0 ? Invariant($"; {settings.EarlierLabels} labels of earlier windows of the same regime.</p>") : ".</p>");
        foreach (var failure in result.Failures)
        {
            page.Append($"<p class=\"error\">Not judged: {SvgPlot.E(failure.Error)}</p>");
        }

        if (result.Conditions.Count > 0)
        {
            Body(page, settings, result.Conditions);
        }

        return page.Append("</body></html>\n").ToString();
    }

    private static void Body(StringBuilder page, EvaluationSettings settings, IReadOnlyList<ConditionResult> conditions)
    {
        var pooled = PooledResult.Of(conditions, settings.Methods);
        var files = conditions.Select(c => c.File).Distinct(StringComparer.Ordinal).ToArray();
        var all = pooled.Where(p => p.File.Length == 0 || files.Length == 1).ToArray();
        Section(page, "Estimate against truth", "One point a condition, its first window. On the dashed line the estimate is right; a red interval missed the truth. One window in twenty may.", EvaluationPlots.EstimateOverTruth(conditions));
        Section(page, "Error by method", "Root-mean-square error over all windows, points of accuracy, on a logarithmic scale. Blue methods use labels of the window, grey ones none.", [EvaluationPlots.ErrorByMethod(all)]);
        Section(page, "Are scores probabilities?", "A score that keeps its promise lies on the dashed line. All conditions together: a score may be right on average and wrong in each.", EvaluationPlots.Reliability(conditions));
        Section(page, "Coverage by family", "Share of windows whose interval held the truth. The bars are two standard errors of this simulation about the nominal level: points within them are no evidence of anything.", EvaluationPlots.CoverageByFamily(conditions, 1 - settings.Alpha));
        foreach (var file in pooled.GroupBy(p => p.File, StringComparer.Ordinal))
        {
            Table(page, file.Key.Length == 0 ? "All files" : file.Key, file);
        }
    }

    private static void Section(StringBuilder page, string title, string text, IEnumerable<string> plots) =>
        page.Append($"<h2>{title}</h2><p>{text}</p><div class=\"plots\">").AppendJoin("", plots).Append("</div>");

    private static void Table(StringBuilder page, string title, IEnumerable<PooledResult> methods)
    {
        page.Append($"<h2>{SvgPlot.E(title)}</h2><div class=\"wide\"><table><tr><th>method</th><th>bias</th><th>RMSE</th><th>MSE / uniform</th><th>worst RMSE / uniform</th><th>coverage</th><th>least family</th><th>width</th><th>labels</th></tr>");
        foreach (var m in methods)
        {
            page.Append(Invariant($"<tr><td>{SvgPlot.E(m.Method)}</td><td>{100 * m.Tally.Bias:0.00}</td><td>{100 * Math.Sqrt(m.MeanSquareError):0.00}</td><td>{m.RatioToUniform:0.00}</td>"))
                .Append(Invariant($"<td>{m.WorstRatio?.Ratio:0.00}</td><td>{100 * m.Tally.Coverage:0.0}</td><td>{100 * m.LeastCoverage?.Coverage:0.0}</td><td>{100 * m.Tally.MeanWidth:0.0}</td><td>{m.Tally.Labels:0.#}</td></tr>"));
        }

        page.Append("</table></div>");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
