using System.Globalization;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Runs.Offline;

/// <summary>What <c>select</c> is asked for.</summary>
/// <param name="Input">The predictions.</param>
/// <param name="Count">Rows to draw, on average.</param>
/// <param name="Output">File for the drawn rows; must not exist.</param>
/// <param name="Seed">Of the draws.</param>
/// <param name="ShowPrediction">Whether the labeller sees what the model predicted.</param>
internal sealed record SelectOptions(OfflineInput Input, int Count, string Output, ulong Seed, bool ShowPrediction);

/// <summary>Draws the rows worth labelling. The file is read twice: to count its rows, and to draw.</summary>
internal static class SelectRun
{
    /// <returns>What was understood and done, for people; notes first.</returns>
    /// <exception cref="TraceFileException">The predictions cannot be used.</exception>
    /// <exception cref="IOException">The output exists, or cannot be written.</exception>
    public static SelectSummary Run(SelectOptions options)
    {
        if (File.Exists(options.Output))
        {
            throw new IOException($"{options.Output}: exists, and may hold labels. Choose another --output, or remove it.");
        }

        using var scorer = RowScorer.Of(options.Input.Monitor);
        var counting = new ScoredRows(options.Input, scorer);
        counting.Read(_ => { });
        var rows = counting.Rows;
        var drawing = new ScoredRows(options.Input, scorer);
        var selection = new RowSelection(rows, options.Count, options.Seed);
        drawing.Read(selection.Take);
        if (drawing.Rows != rows)
        {
            throw new TraceFileException($"{options.Input.Path}: had {rows:N0} rows and then {drawing.Rows:N0}; copy it while it is not written to.");
        }

        var selected = selection.InRandomOrder();
        if (selected.Count == 0)
        {
            throw new TraceFileException($"{options.Input.Path}: no row was drawn with --count {options.Count}; choose a larger count or another --seed.");
        }

        LabelSheet.Write(options.Output, selected, drawing.Classes, options.ShowPrediction);
        return new SelectSummary(options, drawing.Understood, [.. drawing.Warnings(), .. Formulas(selected)], rows, selected.Count,
            selected.Count(r => r.Label is not null));
    }

    private static IEnumerable<string> Formulas(IReadOnlyList<SelectedRow> selected)
    {
        if (selected.FirstOrDefault(r => LabelSheet.LooksLikeFormula(r.Id)) is { } row)
        {
            yield return $"a spreadsheet may take the id '{row.Id}' for a formula: import the column 'id' as text.";
        }
    }
}

/// <summary>What <c>select</c> did.</summary>
/// <param name="Options">What it was asked for.</param>
/// <param name="Understood">What the predictions were understood to be.</param>
/// <param name="Warnings">For whoever fills in the sheet.</param>
/// <param name="Rows">Predictions.</param>
/// <param name="Selected">Rows in the sheet.</param>
/// <param name="Labelled">Those that have a label already.</param>
internal sealed record SelectSummary(
    SelectOptions Options, TraceUnderstanding Understood, IReadOnlyList<string> Warnings, long Rows, int Selected, int Labelled)
{
    public IEnumerable<string> Lines()
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"Drew {Selected:N0} of {Rows:N0} rows into {Options.Output} with seed {Options.Seed}. Each row is drawn by itself, so the number varies around "
                + $"--count {Options.Count}.");
        if (Options.Input.Reading.Labels is { } labels)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{Labelled:N0} of them have their label from {labels.Path}. {(Understood.Joined?.Joined ?? 0) - Labelled:N0} labels are of rows that were not "
                    + $"drawn now.");
        }

        yield return $"Fill the column 'label' with {Understood.Classes!.Range}. "
            + (Labelled == 0 ? "The rows are in random order: if you stop early, stop anywhere."
                : "Label all of them: rows that have their label from before may differ from the others.");
        yield return "Keep the column 'inclusion_probability' as it is: with it the estimate is right although uncertain rows were drawn more often.";
        yield return Options.ShowPrediction
            ? "The column 'predicted' shows what the model said. Labellers tend to agree with it, which makes the model look better than it is."
            : "The model's answer is not shown, because labellers tend to agree with it.";
        yield return $"Then: accuracy-monitor estimate --predictions {Options.Input.Path} --labels {Options.Output}";
    }
}
