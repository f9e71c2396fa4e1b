using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// Divides a window by time according to where answers have come, because answers are missing at random only within a short time. The
/// newest predictions, most of whose labels are still open, are left to a later estimate: labels of earlier predictions cannot show a
/// recent change.
/// </summary>
/// <param name="Buckets">Number of buckets, from the oldest, that the labels represent.</param>
/// <param name="Until">End of those buckets; null: end of the window.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AnswerStrata(int Buckets, DateTimeOffset? Until)
{
    /// <summary>Minimum number of labels that must remain after the newest predictions are excluded.</summary>
    internal const int LabelsKept = WindowMoments.LabelsPerStratum;

    /// <summary>Excludes the final stretch in which open requests most outnumber the others, unless it is most of the window.</summary>
    /// <remarks>Taking the longest stretch with more than half of its requests open would also exclude an equally long answered stretch
    /// before it.</remarks>
    public static AnswerStrata Of(ReadOnlySpan<Bucket> buckets)
    {
        long surplus = 0, most = 0, labels = 0, all = 0;
        foreach (ref readonly var bucket in buckets)
        {
            all += bucket.Labels.Count;
        }

        var kept = buckets.Length;
        for (var b = buckets.Length - 1; b > 0; b--)
        {
            ref readonly var bucket = ref buckets[b];
            var open = Math.Max(0, bucket.Predictions.Requested - bucket.Labels.Count - bucket.Labels.Unanswered);
            surplus += (2 * open) - bucket.Predictions.Requested;
            labels += bucket.Labels.Count;
            if (all - labels < Math.Max(LabelsKept, labels))
            {
                break;
            }

            (kept, most) = surplus > most ? (b, surplus) : (kept, most);
        }

        return new AnswerStrata(kept, kept < buckets.Length ? buckets[kept - 1].Start + buckets[kept - 1].Width : null);
    }

    /// <summary>Requests per answer as a function of time: the factor for a label's 1/π.</summary>
    /// <param name="buckets">The window's buckets, cut at <see cref="Buckets"/>.</param>
    /// <returns>Ends of stretches with at least <see cref="WindowMoments.LabelsPerStratum"/> labels, and their factors, in order of
    /// time.</returns>
    public static IReadOnlyList<(DateTimeOffset End, double RequestsPerAnswer)> Factors(ReadOnlySpan<Bucket> buckets)
    {
        List<(DateTimeOffset, double)> factors = [];
        var start = 0;
        do
        {
            var end = EndOfStratum(buckets, start);
            long requested = 0, labels = 0;
            foreach (ref readonly var bucket in buckets[start..end])
            {
                if (bucket.Predictions.CoveredCount > 0)
                {
                    requested += bucket.Predictions.Requested;
                    labels += bucket.Labels.Count;
                }
            }

            factors.Add(
                (end == buckets.Length ? DateTimeOffset.MaxValue : buckets[end - 1].Start + buckets[end - 1].Width, RequestsPerAnswer(requested, labels)));
            start = end;
        }
        while (start < buckets.Length);
        return factors;
    }

    /// <summary>
    /// End of the stratum that begins at <paramref name="start"/>: after the bucket with the <see
    /// cref="WindowMoments.LabelsPerStratum"/>-th label, or the last bucket if fewer labels would remain. Labels in buckets without a
    /// covered prediction are not counted.
    /// </summary>
    internal static int EndOfStratum(ReadOnlySpan<Bucket> buckets, int start)
    {
        var end = AfterLabels(buckets, start);
        return end < 0 || AfterLabels(buckets, end) < 0 ? buckets.Length : end;
    }

    // With fewer requests than labels some requests were not counted, so the share of unanswered requests is unknown.
    internal static double RequestsPerAnswer(long requested, long labels) => labels == 0 ? 1 : Math.Max(1, (double)requested / labels);

    private static int AfterLabels(ReadOnlySpan<Bucket> buckets, int start)
    {
        long labels = 0;
        for (var b = start; b < buckets.Length; b++)
        {
            labels += buckets[b].Predictions.CoveredCount > 0 ? buckets[b].Labels.Count : 0;
            if (labels >= WindowMoments.LabelsPerStratum)
            {
                return b + 1;
            }
        }

        return -1;
    }
}
