using System.Runtime.InteropServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// Sums over predictions that merge by addition, over buckets and over pods. They suffice for the label-free estimate and for the control
/// variate of the audited estimate.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public record struct PredictionSums
{
    /// <summary>Predictions.</summary>
    public long Count { get; set; }

    /// <summary>Σg.</summary>
    public double Score { get; set; }

    /// <summary>Σg².</summary>
    public double ScoreSquared { get; set; }

    /// <summary>Σg(1−g): the variance of the number of right predictions given the scores.</summary>
    public double ScoreVariance { get; set; }

    /// <summary>Σ max softmax.</summary>
    public double Confidence { get; set; }

    /// <summary>Predictions with a positive inclusion probability.</summary>
    public long CoveredCount { get; set; }

    /// <summary>Σg over the covered predictions.</summary>
    public double CoveredScore { get; set; }

    /// <summary>Σg² over the covered predictions.</summary>
    public double CoveredScoreSquared { get; set; }

    /// <summary>Label requests made with a positive inclusion probability.</summary>
    public long Requested { get; set; }

    public void Add(in PredictionPoint point)
    {
        var g = point.Score;
        Count++;
        Score += g;
        ScoreSquared += g * g;
        ScoreVariance += g * (1 - g);
        Confidence += point.Confidence;
        if (point.Covered)
        {
            CoveredCount++;
            CoveredScore += g;
            CoveredScoreSquared += g * g;
        }
    }

    public void Merge(in PredictionSums other)
    {
        Count += other.Count;
        Score += other.Score;
        ScoreSquared += other.ScoreSquared;
        ScoreVariance += other.ScoreVariance;
        Confidence += other.Confidence;
        CoveredCount += other.CoveredCount;
        CoveredScore += other.CoveredScore;
        CoveredScoreSquared += other.CoveredScoreSquared;
        Requested += other.Requested;
    }
}
