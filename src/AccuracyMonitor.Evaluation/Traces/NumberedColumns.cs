using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Columns whose names are a common prefix and the number of the class, from 0 or from 1, in any order: <c>p0, p1, …</c>, <c>probs_00, …</c></summary>
internal static class NumberedColumns
{
    /// <summary>Preferred when several groups of columns are numbered, such as features beside probabilities.</summary>
    private static readonly string[] KnownPrefixes =
        ["p", "p_", "prob", "prob_", "probs", "probs_", "probability_", "probabilities_", "score", "score_", "scores_", "softmax", "softmax_", "logit",
            "logit_", "logits_"];

    /// <param name="rows">The table.</param>
    /// <param name="candidates">Columns that are nothing else.</param>
    /// <param name="fits">Whether columns of an unknown prefix hold outputs.</param>
    /// <returns>Null if no columns are numbered.</returns>
    /// <exception cref="TraceFileException">Several groups, a gap, or a number twice.</exception>
    public static OutputColumns? Find(RowReader rows, int[] candidates, Func<int[], bool> fits)
    {
        var groups = candidates.Where(c => ColumnNames.Split(rows.Names[c]).Number >= 0)
            .GroupBy(c => ColumnNames.Split(rows.Names[c]).Prefix, StringComparer.Ordinal).Where(g => g.Count() >= 2).ToList();
        var known = groups.Where(g => KnownPrefixes.Contains(g.Key, StringComparer.OrdinalIgnoreCase)).ToList();
        if (known.Count == 1)
        {
            return Of(rows, [.. known[0]], Form(known[0].Key));
        }

        var fitting = groups.Where(g => fits([.. g])).ToList();
        return fitting.Count == 1 ? TryOf(rows, [.. fitting[0]], null) ?? (fitting[0].Key.Length == 0 ? null : Of(rows, [.. fitting[0]], null))
            : groups.Count > 1 && (known.Count > 1 || fitting.Count > 1)
                ? throw new TraceFileException(
                    $"{rows.Path}: several groups of numbered columns: {string.Join(", ", groups.Select(g => $"{g.Key}0…"))}. Name one: --map "
                        + $"probabilities={groups[0].Key}.")
            : null;
    }

    /// <returns>Null if there is no column.</returns>
    /// <exception cref="TraceFileException">A gap, or a number twice.</exception>
    public static OutputColumns? Of(RowReader rows, int[] columns, OutputForm? form)
    {
        if (columns.Length == 0)
        {
            return null;
        }

        if (TryOf(rows, columns, form) is { } found)
        {
            return found;
        }

        var first = columns.Any(c => ColumnNames.Split(rows.Names[c]).Number == 0) ? 0 : 1;
        var seen = new HashSet<int>();
        var wrong = columns.First(c => ColumnNames.Split(rows.Names[c]).Number is var n && (n < first || n >= first + columns.Length || !seen.Add(n)));
        var prefix = ColumnNames.Split(rows.Names[wrong]).Prefix;
        throw new TraceFileException(
            $"{rows.Path}: column '{rows.Names[wrong]}' does not fit among {columns.Length} probability columns; expected "
                + $"{prefix}{first}…{prefix}{first + columns.Length - 1}, each once.");
    }

    /// <returns>Null if the numbers do not go from 0 or 1 on without a gap.</returns>
    public static OutputColumns? TryOf(RowReader rows, int[] columns, OutputForm? form)
    {
        int[] numbers = [.. columns.Select(c => ColumnNames.Split(rows.Names[c]).Number)];
        var first = numbers.Min();
        var sorted = numbers.Order().ToArray();
        if (first > 1 || Enumerable.Range(0, sorted.Length).Any(i => sorted[i] != first + i))
        {
            return null;
        }

        var byClass = columns.ToArray();
        Array.Sort([.. numbers], byClass);
        return new OutputColumns(OutputKind.PerClass, byClass, First: first, Form: form);
    }

    private static OutputForm? Form(string prefix) => prefix.StartsWith("logit", StringComparison.OrdinalIgnoreCase) ? OutputForm.Logits : null;
}
