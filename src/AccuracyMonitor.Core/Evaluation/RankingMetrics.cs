namespace AccuracyMonitor.Core.Evaluation;

/// <summary>
/// How well a correctness score separates correct answers from errors (Hendrycks and Gimpel 2017, "A baseline for detecting misclassified
/// and out-of-distribution examples in neural networks", section 2). Equal scores form one group, so no metric depends on the order of the
/// rows.
/// </summary>
public static class RankingMetrics
{
    /// <summary>P(a correct answer scores above an error), ties counting half (Mann–Whitney); NaN if all are correct or all
    /// wrong.</summary>
    /// <param name="scores">Higher means more certain; no NaN.</param>
    /// <param name="correct">Same length.</param>
    public static double Auroc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> correct)
    {
        var (right, wrong, sum) = (0.0, 0.0, 0.0);
        foreach (var group in Descending(scores, correct))
        {
            sum += group.Wrong * (right + (group.Right / 2.0));
            right += group.Right;
            wrong += group.Wrong;
        }

        return right > 0 && wrong > 0 ? sum / (right * wrong) : double.NaN;
    }

    /// <summary>
    /// Area under the precision-recall curve of finding errors by their low score: the average precision Σ (R_j − R_{j−1})·P_j over the
    /// distinct scores, lowest first. It is a sum of steps, because linear interpolation would be optimistic (Davis and Goadrich 2006, "The
    /// relationship between precision-recall and ROC curves"). An uninformative score gets the error rate; NaN without an error.
    /// </summary>
    /// <inheritdoc cref="Auroc" path="/param"/>
    public static double ErrorAveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> correct)
    {
        var groups = Descending(scores, correct);
        var (found, flagged, sum) = (0.0, 0.0, 0.0);
        for (var j = groups.Count - 1; j >= 0; j--)
        {
            found += groups[j].Wrong;
            flagged += groups[j].Wrong + groups[j].Right;
            sum += groups[j].Wrong * found / flagged;
        }

        return found > 0 ? sum / found : double.NaN;
    }

    /// <summary>
    /// Fraction of errors accepted at the highest threshold that accepts at least <paramref name="truePositiveRate"/> of the correct
    /// answers. All rows with a score equal to the threshold are accepted. NaN if all are correct or all wrong.
    /// </summary>
    /// <inheritdoc cref="Auroc" path="/param"/>
    /// <param name="truePositiveRate">(0,1].</param>
    public static double FalsePositiveRate(ReadOnlySpan<double> scores, ReadOnlySpan<bool> correct, double truePositiveRate = 0.95)
    {
        if (!(truePositiveRate is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(truePositiveRate), truePositiveRate, "Must be in (0, 1].");
        }

        var groups = Descending(scores, correct);
        double right = groups.Sum(g => g.Right);
        double wrong = groups.Sum(g => g.Wrong);
        if (right == 0 || wrong == 0)
        {
            return double.NaN;
        }

        var (accepted, errors) = (0.0, 0.0);
        foreach (var group in groups)
        {
            accepted += group.Right;
            errors += group.Wrong;
            if (accepted >= truePositiveRate * right)
            {
                break;
            }
        }

        return errors / wrong;
    }

    /// <summary>Counts per distinct score, the highest first.</summary>
    internal static List<ScoreGroup> Descending(ReadOnlySpan<double> scores, ReadOnlySpan<bool> correct)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(correct.Length, scores.Length);
        var sorted = scores.ToArray();
        var outcomes = correct.ToArray();
        Array.Sort(sorted, outcomes);
        if (sorted.Length > 0 && double.IsNaN(sorted[0]))
        {
            throw new ArgumentException("A score is NaN; expected numbers.", nameof(scores));
        }

        var groups = new List<ScoreGroup>();
        for (var end = sorted.Length; end > 0;)
        {
            var (start, right) = (end, 0);
            for (; start > 0 && sorted[start - 1] == sorted[end - 1]; start--)
            {
                right += outcomes[start - 1] ? 1 : 0;
            }

            groups.Add(new ScoreGroup(sorted[end - 1], right, end - start - right));
            end = start;
        }

        return groups;
    }
}
