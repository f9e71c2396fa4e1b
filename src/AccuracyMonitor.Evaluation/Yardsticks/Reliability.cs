using AccuracyMonitor.Core.Evaluation;

namespace AccuracyMonitor.Evaluation.Yardsticks;

/// <summary>
/// Whether scores mean what they say (DeGroot and Fienberg 1983, "The comparison and evaluation of forecasters"), in bins of equal mass
/// (Nguyen and O'Connor 2015, "Posterior calibration and exploratory analysis for natural language processing models"): with equal
/// widths, nearly all rows of an accurate model fall into the last one.
/// </summary>
public static class Reliability
{
    /// <summary>Bins of n/<paramref name="bins"/> rows each, by rising score; fewer where there are fewer rows. Equal scores on both sides
    /// of an edge are divided in proportion, right and wrong alike.</summary>
    /// <param name="scores">[0,1]; no NaN.</param>
    /// <param name="correct">As long.</param>
    /// <param name="bins">At least 1.</param>
    public static IReadOnlyList<ReliabilityBin> Bins(ReadOnlySpan<double> scores, ReadOnlySpan<bool> correct, int bins = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var groups = RankingMetrics.Descending(scores, correct);
        var count = Math.Min(bins, scores.Length);
        var result = new List<ReliabilityBin>(count);
        var (group, left) = (groups.Count - 1, groups.Count > 0 ? 1.0 : 0);
        for (var bin = 0; bin < count; bin++)
        {
            var room = (double)scores.Length / count;
            var (score, right, rows) = (0.0, 0.0, 0.0);
            while (group >= 0 && room > 0)
            {
                var here = groups[group];
                var size = here.Right + here.Wrong;
                var taken = Math.Min(room, left * size);
                score += taken * here.Score;
                right += taken * here.Right / size;
                rows += taken;
                room -= taken;
                left -= taken / size;

                // A billionth of a group is what rounding leaves.
                if (left <= 1e-9)
                {
                    (group, left) = (group - 1, 1);
                }
            }

            result.Add(new ReliabilityBin(score / rows, right / rows, rows));
        }

        return result;
    }

    /// <summary>Expected calibration error Σ (count/n)·|accuracy − score| over <see cref="Bins"/> (Naeini, Cooper and Hauskrecht 2015,
    /// "Obtaining well calibrated probabilities using Bayesian binning"), [0,1]; NaN without rows.</summary>
    /// <inheritdoc cref="Bins" path="/param"/>
    public static double ExpectedCalibrationError(ReadOnlySpan<double> scores, ReadOnlySpan<bool> correct, int bins = 10)
    {
        if (scores.IsEmpty)
        {
            return double.NaN;
        }

        var sum = 0.0;
        foreach (var bin in Bins(scores, correct, bins))
        {
            sum += bin.Count * Math.Abs(bin.Accuracy - bin.Score);
        }

        return sum / scores.Length;
    }
}
