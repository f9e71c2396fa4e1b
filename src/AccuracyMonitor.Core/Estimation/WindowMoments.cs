using System.Runtime.InteropServices;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Estimation;

/// <summary>
/// A window's labels, weighted so that they stand for its covered predictions: per stratum of time the weights 1/π are scaled to add up to
/// the stratum's predictions (Hájek), which makes up for requests nobody answered.
/// </summary>
/// <remarks>
/// Answers are missing at random only within a short time: the newest minutes have none yet, and at night nobody labels. Time is therefore
/// cut where enough labels have come, oldest first; what follows the last cut joins the last stratum. A stratum costs about one label's worth
/// of precision, hence <see cref="LabelsPerStratum"/>.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal struct WindowMoments
{
    internal const int LabelsPerStratum = 40;
    internal const int MaxStrata = 8;

    /// <summary>Labels in it; those of time without a covered prediction stand for nothing and are left out.</summary>
    public long Labels { get; private set; }

    /// <summary>Covered predictions that they stand for.</summary>
    public long Predictions { get; private set; }

    /// <summary>Mean score of those predictions.</summary>
    public double MeanScore { get; private set; }

    /// <summary>The label sums with scaled weights; <c>W</c> equals <see cref="Predictions"/>.</summary>
    public LabelSums Sums { get; private set; }

    public static WindowMoments Of(ReadOnlySpan<Bucket> buckets)
    {
        long total = 0;
        foreach (ref readonly var bucket in buckets)
        {
            total += bucket.Predictions.CoveredCount > 0 ? bucket.Labels.Count : 0;
        }

        var perStratum = Math.Max(LabelsPerStratum, (total + MaxStrata - 1) / MaxStrata);
        var moments = default(WindowMoments);
        var scored = 0.0;
        var complete = default(Stratum);
        var open = default(Stratum);
        foreach (ref readonly var bucket in buckets)
        {
            if (bucket.Predictions.CoveredCount <= 0)
            {
                continue;
            }

            scored += bucket.Predictions.CoveredScore;
            open.Add(bucket.Predictions.CoveredCount, bucket.Labels);
            if (open.Labels.Count >= perStratum)
            {
                moments.Take(complete);
                complete = open;
                open = default;
            }
        }

        complete.Add(open.Predictions, open.Labels);
        moments.Take(complete);
        moments.MeanScore = moments.Predictions > 0 ? scored / moments.Predictions : double.NaN;
        return moments;
    }

    /// <summary>One stratum: labels that stand for all of the predictions alike.</summary>
    public static WindowMoments Of(long predictions, double meanScore, in LabelSums labels)
    {
        var moments = new WindowMoments { MeanScore = meanScore };
        moments.Take(new Stratum { Predictions = predictions, Labels = labels });
        return moments;
    }

    private void Take(in Stratum stratum)
    {
        Predictions += stratum.Predictions;
        if (stratum.Labels.Count <= 0)
        {
            return;
        }

        Labels += stratum.Labels.Count;
        var sums = Sums;
        sums.Merge(Scale(stratum.Labels, stratum.Predictions / stratum.Labels.W));
        Sums = sums;
    }

    private static LabelSums Scale(in LabelSums s, double factor)
    {
        var square = factor * factor;
        var cube = square * factor;
        return s with
        {
            W = s.W * factor,
            WY = s.WY * factor,
            WG = s.WG * factor,
            W2 = s.W2 * square,
            W2Y = s.W2Y * square,
            W2G = s.W2G * square,
            W2YG = s.W2YG * square,
            W2G2 = s.W2G2 * square,
            W3 = s.W3 * cube,
            W3Y = s.W3Y * cube,
            W3G = s.W3G * cube,
            W3YG = s.W3YG * cube,
            W3G2 = s.W3G2 * cube,
            W3YG2 = s.W3YG2 * cube,
            W3G3 = s.W3G3 * cube,
        };
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Stratum
    {
        public long Predictions;
        public LabelSums Labels;

        public void Add(long predictions, in LabelSums labels)
        {
            Predictions += predictions;
            Labels.Merge(labels);
        }
    }
}
