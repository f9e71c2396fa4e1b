using System.Globalization;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>
/// Finds the K probability columns among a table's: names that are a common prefix and the class index, as <c>p0, p1, …</c> or
/// <c>probs_00, probs_01, …</c>, in any order.
/// </summary>
internal static class ProbabilityColumns
{
    /// <summary>Preferred when several groups of columns are numbered, such as features beside probabilities.</summary>
    private static readonly string[] KnownPrefixes = ["p", "p_", "prob", "prob_", "probs", "probs_", "probability_", "probabilities_"];

    /// <param name="path">For messages.</param>
    /// <param name="columns">All the table's columns.</param>
    /// <returns>Indices into <paramref name="columns"/>, by class.</returns>
    /// <exception cref="TraceFileException">No numbered columns, more than one group of them, a gap, or a number twice.</exception>
    public static int[] Find(string path, IReadOnlyList<string> columns)
    {
        var groups = columns.Select(Split).Where(c => c.Number >= 0).GroupBy(c => c.Prefix, StringComparer.Ordinal).Where(g => g.Count() >= 2).ToList();
        var chosen = groups.Count == 1 ? groups : [.. groups.Where(g => KnownPrefixes.Contains(g.Key, StringComparer.OrdinalIgnoreCase))];
        if (chosen.Count != 1)
        {
            throw new TraceFileException(groups.Count == 0
                ? $"{path}: has no probability columns; expected p0, p1, … (or another common prefix). It has: {string.Join(", ", columns.Take(20))}."
                : $"{path}: several groups of numbered columns: {string.Join(", ", groups.Select(g => $"{g.Key}0…"))}. Name one p0, p1, …");
        }

        var found = Enumerable.Repeat(-1, chosen[0].Count()).ToArray();
        foreach (var (prefix, number, index) in chosen[0])
        {
            if (number >= found.Length || found[number] >= 0)
            {
                var expected = $"expected {prefix}0…{prefix}{found.Length - 1}, each once";
                throw new TraceFileException($"{path}: column '{columns[index]}' does not fit among {found.Length} probability columns; {expected}.");
            }

            found[number] = index;
        }

        return found;
    }

    private static (string Prefix, int Number, int Index) Split(string name, int index)
    {
        var prefix = name.AsSpan().TrimEnd("0123456789");
        return int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (prefix.ToString(), number, index)
            : (name, -1, index);
    }
}
