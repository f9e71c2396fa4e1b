using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>
/// The monitor as it is when a window begins: untouched, or with a head that labels of earlier windows of the regime have taught.
/// </summary>
internal sealed class RegimeMonitor
{
    private RegimeMonitor(double[] scores, RecalibrationPosterior? posterior, IReadOnlyList<LabelledPrediction> earlier)
    {
        (Scores, Posterior, Earlier) = (scores, posterior, earlier);
    }

    /// <summary>g of each row of the regime.</summary>
    public double[] Scores { get; }

    public RecalibrationPosterior? Posterior { get; }

    /// <summary>The labels it has learned from.</summary>
    public IReadOnlyList<LabelledPrediction> Earlier { get; }

    public static RegimeMonitor Untouched(Regime regime) => new(regime.Scores, null, []);

    public static RegimeMonitor TaughtBy(Regime regime, IReadOnlyList<LabelledPrediction> labels)
    {
        var options = new RecalibrationHeadOptions();
        var posterior = RecalibrationHeadFitter.FitPosterior(labels, regime.Data.ClassCount, options);
        return new RegimeMonitor(regime.ScoresWith(posterior.Head), posterior, labels);
    }
}
