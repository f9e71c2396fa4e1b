using System.Text;
using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>An evaluation as one self-contained page: no script, nothing fetched, light and dark, and well-formed as XML too.</summary>
internal static class EvaluationPage
{
    public const string FileName = "index.html";

    /// <param name="folder">Made where it does not exist; the page in it is overwritten.</param>
    /// <param name="settings">What was simulated.</param>
    /// <param name="result">What was found.</param>
    /// <param name="cancellation">Leaves the page half written.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written there.</exception>
    public static async Task WriteAsync(string folder, EvaluationOptions settings, EvaluationResult result, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, FileName), Page(settings, result), cancellation);
    }

    public static string Page(EvaluationOptions settings, EvaluationResult result)
    {
        var page = new StringBuilder(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")
            .Append("<title>Accuracy Monitor: evaluation</title><style>\n").Append(PageStyle.Sheet)
            .Append("\n</style></head><body><main><h1>How well is accuracy estimated?</h1>\n")
            .Append("<p>Windows of recorded predictions were drawn, a few of them labelled, and what each method said was compared with the truth. "
                + "Errors, bias and widths are in points of accuracy.</p>\n")
            .Append(PageTables.Settings(settings, result));
        if (result.Failures.Count > 0)
        {
            page.Append(PageTables.Failures(result.Failures));
        }

        if (result.Conditions.Count > 0)
        {
            AddPlots(page, settings, result.Conditions);
        }

        return page.Append("</main></body></html>\n").ToString();
    }

    private static void AddPlots(StringBuilder page, EvaluationOptions settings, IReadOnlyList<ConditionResult> conditions)
    {
        var nominal = 1 - settings.Alpha;
        var files = PooledResult.Of(conditions, settings.Methods).GroupBy(p => p.File, StringComparer.Ordinal).ToArray();
        PooledResult[] all = [.. files[^1]];
        AddSection(page, "Estimate against truth", PageTexts.Estimates, PageTexts.DoubtOfEstimates(settings.Alpha), EstimatePlots.Of(conditions));
        AddSection(
            page, "Error by method", PageTexts.Errors + (ErrorBars.Scale(conditions, all).IsLogarithmic ? PageTexts.Logarithm : ""), PageTexts.DoubtOfErrors,
            ErrorBars.Of(conditions, all), "plots bars");
        AddSection(page, "Are scores probabilities?", PageTexts.Reliability, PageTexts.DoubtOfReliability, ReliabilityPlots.Of(conditions));
        AddSection(page, "Coverage by family", PageTexts.Coverage(nominal), PageTexts.DoubtOfCoverage, CoveragePlots.Of(conditions, settings.Methods, nominal));
        page.Append(Markup.Of($"<section><h2>All numbers</h2><p>{PageTexts.Table}</p>")).Append(PageTables.Pooled(all)).Append("</section>\n");
        if (files.Length > 1)
        {
            page.Append("<section><h2>By file</h2>\n");
            foreach (var file in files[..^1])
            {
                AddFile(page, file, [.. conditions.Where(c => string.Equals(c.File, file.Key, StringComparison.Ordinal))]);
            }

            page.Append("</section>\n");
        }
    }

    private static void AddSection(StringBuilder page, string title, string text, string doubt, IEnumerable<string> plots, string style = "plots") => page
        .Append(Markup.Of(
            $"<section><h2>{title}</h2><p>{text}</p><p class=\"doubt\"><strong>When not to trust it:</strong> {doubt}</p><div class=\"{style}\">\n"))
        .AppendJoin("", plots).Append("</div></section>\n");

    private static void AddFile(StringBuilder page, IGrouping<string, PooledResult> methods, IReadOnlyList<ConditionResult> conditions) => page
        .Append(Markup.Of(
            $"<details><summary>{methods.Key}: {conditions.Count} {(conditions.Count == 1 ? "condition" : "conditions")}, "))
        .Append(Markup.Of($"{conditions[0].Classes} classes</summary><div class=\"plots\">\n"))
        .AppendJoin("", EstimatePlots.Of(conditions)).Append("</div><div class=\"plots bars\">\n")
        .AppendJoin("", ErrorBars.Of(conditions, [.. methods])).Append("</div><div class=\"plots\">\n")
        .AppendJoin("", ReliabilityPlots.Of(conditions)).Append("</div>\n")
        .Append(PageTables.Pooled(methods)).Append("</details>\n");
}
