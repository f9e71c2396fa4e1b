using AccuracyMonitor.Protocol;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Says what is wrong with a row by the rule of <see cref="SoftmaxRow"/>, the same for every format.</summary>
internal static class SoftmaxCheck
{
    /// <param name="row">K probabilities.</param>
    /// <param name="column">Index of the probability at fault; −1 when it is the sum.</param>
    /// <returns>What is wrong, with the bound; null when nothing is.</returns>
    public static string? Defect(ReadOnlySpan<float> row, out int column)
    {
        for (column = 0; column < row.Length; column++)
        {
            var p = row[column];
            if (!(p >= 0 && (p <= 1 || SoftmaxRow.SumsToOne(p))))
            {
                return $"probability {p} is outside [0, 1]";
            }
        }

        column = -1;
        var sum = SoftmaxRow.Sum(row);
        return SoftmaxRow.SumsToOne(sum) ? null : $"sums to {sum:G6}; expected 1 within {SoftmaxRow.SumTolerance}";
    }
}
