using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Runs.Labels;

/// <summary>Which column of a file of labels is what; −1 where it has none.</summary>
internal sealed record LabelColumns(int Id, int Label, int Model, int Version)
{
    private static readonly string[] OfModel = ["predicted_class", "probabilities", "correctness_score"];

    /// <exception cref="TraceFileException">A column that is needed is missing, or one is there more than once.</exception>
    public static LabelColumns Of(RowReader rows, LabelFileOptions options)
    {
        var columns = new LabelColumns(
            options.IdColumn is { } named ? Find(rows, named) : Find(rows, "id") is var id and >= 0 ? id : Find(rows, "prediction_id"),
            Find(rows, options.LabelColumn),
            options.Model.Length > 0 ? -1 : Find(rows, "model"),
            options.Version.Length > 0 ? -1 : Find(rows, "version"));
        return rows.IsLog ? columns
            : columns.Id < 0 ? throw Missing(rows, options.IdColumn ?? "id", "another name: --id-column NAME")
            : columns.Label < 0 ? throw Missing(rows, options.LabelColumn, "another name: --label-column NAME")
            : columns.Model < 0 && options.Model.Length == 0 ? throw Missing(rows, "model", "or say it: --model NAME")
            : columns.Version < 0 && options.Version.Length == 0 ? throw Missing(rows, "version", "or say it: --model-version VERSION")
            : columns;
    }

    /// <summary>Whether the columns show what the model had answered.</summary>
    public static bool Reveal(RowReader rows) => rows.Names.Any(OfModel.Contains);

    private static int Find(RowReader rows, string name)
    {
        int[] found = [.. Enumerable.Range(0, rows.Names.Count).Where(i => string.Equals(rows.Names[i], name, StringComparison.Ordinal))];
        return found.Length > 1 ? throw new TraceFileException($"{rows.Path}: column '{name}' is there more than once.") : found is [var one] ? one : -1;
    }

    private static TraceFileException Missing(RowReader rows, string name, string help) =>
        new($"{rows.Path}: column '{name}' is missing ({help}). It has: {ColumnNames.List(rows.Names)}.");
}
