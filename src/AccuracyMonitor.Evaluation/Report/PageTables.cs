using System.Text;
using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>The numbers of the page.</summary>
internal static class PageTables
{
    public static string Settings(EvaluationOptions settings, EvaluationResult result)
    {
        var files = result.Conditions.Select(c => c.File).Distinct(StringComparer.Ordinal).Count();
        return new StringBuilder("<dl>")
            .Append(Markup.Of($"<dt>Labels a window</dt><dd>{settings.Budget}</dd>"))
            .Append(settings.Window is { } window ? Markup.Of($"<dt>Window</dt><dd>{window} predictions</dd>")
                : "<dt>Window</dt><dd>all rows of the condition</dd>")
            .Append(Markup.Of($"<dt>Windows a condition</dt><dd>{settings.Repeats}</dd>"))
            .Append(Markup.Of(
                $"<dt>Conditions</dt><dd>{result.Conditions.Count} in {files} {(files == 1 ? "file" : "files")}"))
            .Append(Markup.Of($"{(settings.Simulate ? ", simulated shifts among them" : "")}</dd>"))
            .Append(settings.EarlierLabels > 0 ? Markup.Of($"<dt>Labels of earlier windows</dt><dd>{settings.EarlierLabels}</dd>") : "")
            .Append(Markup.Of($"<dt>Level of intervals</dt><dd>{100 * (1 - settings.Alpha):0.#} %</dd><dt>Seed</dt><dd>{settings.Seed}</dd></dl>\n"))
            .ToString();
    }

    public static string Failures(IReadOnlyList<FileFailure> failures)
    {
        var list = new StringBuilder("<section class=\"failures\"><h2>Not judged</h2><ul>");
        foreach (var failure in failures)
        {
            list.Append(Markup.Of($"<li><strong>{Path.GetFileName(failure.File)}</strong>: {failure.Error}</li>"));
        }

        return list.Append("</ul></section>\n").ToString();
    }

    public static string Pooled(IEnumerable<PooledResult> methods)
    {
        var table = new StringBuilder(
            "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Results by method\"><table><thead><tr><th scope=\"col\">method</th>");
        foreach (var column in (string[])["labels", "bias", "RMSE", "MAE", "MSE / uniform", "worst RMSE / uniform", "coverage %", "least %", "width"])
        {
            table.Append(Markup.Of($"<th scope=\"col\">{column}</th>"));
        }

        table.Append("<th scope=\"col\" class=\"name\">worst condition</th><th scope=\"col\" class=\"name\">least covered family</th></tr></thead><tbody>\n");
        foreach (var m in methods)
        {
            table.Append(Markup.Of(
                $"<tr><td>{m.Method}</td><td>{m.Tally.Labels:0.#}</td><td>{100 * m.Tally.Bias:0.00}</td><td>{100 * Math.Sqrt(m.MeanSquareError):0.00}</td>"))
                .Append(Markup.Of($"<td>{100 * m.Tally.MeanAbsoluteError:0.00}</td><td>{m.RatioToUniform:0.00}</td><td>{m.WorstRatio?.Ratio:0.00}</td>"))
                .Append(Markup.Of(
                    $"<td>{100 * m.Tally.Coverage:0.0}</td><td>{100 * m.LeastCoverage?.Coverage:0.0}</td><td>{100 * m.Tally.MeanWidth:0.00}</td>"))
                .Append(Markup.Of($"<td class=\"name\">{m.WorstRatio?.Condition}</td><td class=\"name\">{m.LeastCoverage?.Family}</td></tr>\n"));
        }

        return table.Append("</tbody></table></div>\n").ToString();
    }
}
