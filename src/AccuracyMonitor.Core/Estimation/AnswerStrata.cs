using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// A window cut by time where answers have come: answers are missing at random only within a short time. The newest predictions, whose labels
/// are mostly still out, are left to a later estimate: labels of what came before say nothing of a change since.
/// </summary>
/// <param name="Buckets">Buckets, from the oldest, that the labels speak for.</param>
/// <param name="Until">Where they end; null: with the window.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AnswerStrata(int Buckets, DateTimeOffset? Until)
{
    /// <summary>Labels that must be left for the newest predictions to be set aside.</summary>
    internal const int LabelsKept = WindowMoments.LabelsPerStratum;

    /// <summary>Sets aside the stretch at the end in which open requests most outnumber the others, if it is not most of what there is.</summary>
    /// <remarks>The longest stretch with more than half of its requests open would reach back over answered time as long as the open one.</remarks>
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

    /// <summary>Requests per answer by time: what a label's 1/π is multiplied by.</summary>
    /// <param name="buckets">The window's, cut at <see cref="Buckets"/>.</param>
    /// <returns>Ends of stretches of at least <see cref="WindowMoments.LabelsPerStratum"/> labels, and their factors, in order of time.</returns>
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

            factors.Add((end == buckets.Length ? DateTimeOffset.MaxValue : buckets[end - 1].Start + buckets[end - 1].Width, RequestsPerAnswer(requested, labels)));
            start = end;
        }
        while (start < buckets.Length);
        return factors;
    }

    /// <summary>
    /// Where the stratum that begins at <paramref name="start"/> ends: after the bucket in which the <see cref="WindowMoments.LabelsPerStratum"/>-th
    /// label has come, or with the last bucket if what would be left has fewer. Labels of time without a covered prediction don't count.
    /// </summary>
    internal static int EndOfStratum(ReadOnlySpan<Bucket> buckets, int start)
    {
        var end = AfterLabels(buckets, start);
        return end < 0 || AfterLabels(buckets, end) < 0 ? buckets.Length : end;
    }

    // Fewer requests than labels: some were not counted, and nothing is known of the answers to the rest.
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
