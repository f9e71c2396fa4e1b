using AccuracyMonitor.Core.LabelFree;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>Whether a row is a softmax vector, the same for every format.</summary>
internal static class SoftmaxCheck
{
    /// <summary>How far a row's sum may be from 1. Half-precision softmax over 1,000 classes is off by up to 0.002.</summary>
    public const double SumTolerance = 0.01;

    /// <param name="row">K probabilities.</param>
    /// <param name="column">Index of the probability at fault; −1 when it is the sum.</param>
    /// <returns>What is wrong, with the bound; null when nothing is.</returns>
    public static string? Defect(ReadOnlySpan<float> row, out int column)
    {
        var sum = 0.0;
        for (column = 0; column < row.Length; column++)
        {
            var p = row[column];
            if (!(p >= 0 && p <= 1 + SumTolerance))
            {
                return $"probability {p} is outside [0, 1]";
            }

            sum += p;
        }

        column = -1;
        return Math.Abs(sum - 1) > SumTolerance ? $"sums to {sum:G6}; expected 1 within {SumTolerance}" : null;
    }
}
