namespace AccuracyMonitor.Cli.Demo;

/// <summary>Area under the ROC curve of a score for "is it right": the probability that a right prediction outranks a wrong one.</summary>
internal static class Auroc
{
    /// <summary>By ranks (Mann–Whitney), ties counted half. NaN when all are right or all wrong.</summary>
    public static double Of<T>(IReadOnlyCollection<T> items, Func<T, float> score, Func<T, bool> isPositive)
    {
        var sorted = items.OrderBy(score).ToArray();
        var positives = sorted.LongCount(isPositive);
        var negatives = sorted.Length - positives;
        var rankSum = 0.0;
        for (var first = 0; first < sorted.Length;)
        {
            var last = first;
            while (last + 1 < sorted.Length && score(sorted[last + 1]) == score(sorted[first]))
            {
                last++;
            }

            rankSum += sorted[first..(last + 1)].Count(isPositive) * (first + last + 2) / 2.0;
            first = last + 1;
        }

        return (rankSum - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }
}
