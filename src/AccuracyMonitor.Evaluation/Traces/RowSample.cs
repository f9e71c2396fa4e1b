using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>The first rows of a table, to tell by what they hold which columns are the outputs.</summary>
/// <param name="Values">By row and column; null where there is no number.</param>
/// <param name="Labels">Labels that are names, one for each row that has one.</param>
internal sealed record RowSample(IReadOnlyList<float?[]> Values, IReadOnlyList<string> Labels)
{
    private const int MostRows = 50;
    private const int MostColumns = 300;
    private const double Tolerance = 0.02;

    /// <summary>Rows that can't be read are passed over: the pass that counts reports them.</summary>
    public static RowSample Of(RowReader rows, int label)
    {
        var values = new List<float?[]>();
        var labels = new List<string>();
        for (var i = 0; i < MostRows; i++)
        {
            try
            {
                if (!rows.Read())
                {
                    break;
                }

                values.Add([.. Enumerable.Range(0, rows.Names.Count).Select(c => rows[c].TryFloat(out var number) ? number : (float?)null)]);
                if (label >= 0 && label < rows.Names.Count && rows[label] is { Kind: CellKind.Text, IsMissing: false } cell && !cell.TryNumber(out _)
                    && !bool.TryParse(cell.Text, out _))
                {
                    labels.Add(cell.Text);
                }
            }
            catch (TraceFileException e) when (e.IsOfRow)
            {
                // Reported when the row is read for good.
            }
        }

        return new RowSample(values, labels);
    }

    /// <summary>Numbers of misfits to try in this order: the columns that fit the most rows are found first.</summary>
    /// <param name="maxErrors">Rows with a defect that may be left out.</param>
    public static IEnumerable<int> Misfits(int maxErrors) => new[] { 0, 1, 2, 4, 8, 16, MostRows / 2 }.Where(m => m < maxErrors || m == 0)
        .Concat(maxErrors is > 0 and <= MostRows / 2 ? [maxErrors] : []);

    /// <param name="columns">To add up.</param>
    /// <param name="misfits">Rows whose sum may be another one; always fewer than half.</param>
    public bool SumsToOne(IReadOnlyList<int> columns, int misfits)
    {
        var (rows, others) = (0, 0);
        foreach (var row in Values)
        {
            if (HasAll(row, columns))
            {
                rows++;
                others += Math.Abs(columns.Sum(c => (double)row[c]!.Value) - 1) <= Tolerance ? 0 : 1;
                if (others > misfits)
                {
                    return false;
                }
            }
        }

        return rows > 2 * others;
    }

    /// <summary>The longest run of columns whose numbers sum to 1 in every row; among labels that are names, one that has a column for each.</summary>
    /// <param name="candidates">Columns that are nothing else.</param>
    /// <param name="sumToOne">False: outputs of another form; then the columns are those of numbers, if there is one for each label.</param>
    /// <param name="names">Of all columns.</param>
    /// <param name="misfits">Rows that may be unlike the others; always fewer than half.</param>
    /// <returns>Null if there is none, or there are two of the same length.</returns>
    public int[]? ClassColumns(int[] candidates, bool sumToOne, IReadOnlyList<string> names, int misfits)
    {
        bool Most<T>(IReadOnlyList<T> all, Func<T, bool> fits) => all.Count(r => !fits(r)) <= Math.Min(misfits, Math.Max(0, all.Count - 1) / 2);
        int[] numeric = [.. candidates.Where(c => Values.Any(r => Has(r, c))
            && (!sumToOne || Most([.. Values.Where(r => Has(r, c))], r => r[c] is >= 0 and <= 1.02f)))];
        var rows = Values.Where(r => Array.Exists(numeric, c => Has(r, c))).ToList();
        numeric = [.. numeric.Where(c => Most(rows, r => Has(r, c)))];
        bool Covers(IEnumerable<int> run) => Most(Labels, new HashSet<string>(run.Select(c => names[c]), StringComparer.Ordinal).Contains);
        if (numeric.Length < 2 || rows.Count == 0 || !Covers(numeric))
        {
            return null;
        }

        if (!sumToOne)
        {
            return Labels.Count > 0 ? numeric : null;
        }

        if (SumsToOne(numeric, misfits) || numeric.Length > MostColumns)
        {
            return SumsToOne(numeric, misfits) ? numeric : null;
        }

        for (var length = numeric.Length - 1; length >= 2; length--)
        {
            var runs = Enumerable.Range(0, numeric.Length - length + 1).Select(start => numeric[start..(start + length)])
                .Where(run => SumsToOne(run, misfits) && Covers(run)).Take(2).ToList();
            if (runs.Count > 0)
            {
                return runs.Count == 1 ? runs[0] : null;
            }
        }

        return null;
    }

    private static bool Has(float?[] row, int column) => column < row.Length && row[column] is not null;

    private static bool HasAll(float?[] row, IReadOnlyList<int> columns) => columns.All(c => Has(row, c));
}
