using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Which column is what, apart from the outputs; −1 where the table has none.</summary>
internal sealed record ColumnRoles(int Label, int Condition, int Id, int Time, int Model, int Version, int Segment)
{
    private static readonly string[] TimeNames = ["time", "timestamp", "ts"];

    /// <exception cref="TraceFileException">A column that was named is not there, or one is there more than once.</exception>
    public static ColumnRoles Of(RowReader rows, TraceOptions options) => new(
        Find(rows, options, "label", ["label"]), Find(rows, options, "condition", ["condition"]), Find(rows, options, "id", ["id"]),
        Find(rows, options, "time", TimeNames), Find(rows, options, "model", ["model"]), Find(rows, options, "version", ["version"]),
        Find(rows, options, "segment", ["segment"]));

    public bool Has(int column) =>
        column == Label || column == Condition || column == Id || column == Time || column == Model || column == Version || column == Segment;

    private static int Find(RowReader rows, TraceOptions options, string role, string[] names)
    {
        var mapped = options.Map.TryGetValue(role, out var given);
        foreach (var name in mapped ? [given!] : names)
        {
            var found = -1;
            for (var i = 0; i < rows.Names.Count; i++)
            {
                if (!string.Equals(rows.Names[i], name, StringComparison.Ordinal))
                {
                    continue;
                }

                found = found < 0 ? i : throw new TraceFileException($"{rows.Path}: column '{name}' is there more than once.");
            }

            if (found >= 0)
            {
                return found;
            }
        }

        return mapped && !rows.IsLog
            ? throw new TraceFileException($"{rows.Path}: column '{given}' (--map {role}={given}) is missing. It has: {ColumnNames.List(rows.Names)}.")
            : -1;
    }
}
