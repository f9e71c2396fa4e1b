using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>
/// The monitor as it is when a window begins: untouched, or with a head that labels of earlier windows of the condition have taught.
/// </summary>
internal sealed class ConditionMonitor
{
    private ConditionMonitor(double[] scores, RecalibrationPosterior? posterior, IReadOnlyList<LabelledPrediction> earlier)
    {
        (Scores, Posterior, Earlier) = (scores, posterior, earlier);
    }

    /// <summary>g of each row of the condition.</summary>
    public double[] Scores { get; }

    public RecalibrationPosterior? Posterior { get; }

    /// <summary>The labels it has learned from.</summary>
    public IReadOnlyList<LabelledPrediction> Earlier { get; }

    public static ConditionMonitor Untouched(TraceCondition condition) => new(condition.Scores, null, []);

    public static ConditionMonitor FittedOn(TraceCondition condition, IReadOnlyList<LabelledPrediction> labels)
    {
        var options = new RecalibrationHeadOptions();
        var posterior = RecalibrationHeadFitter.FitPosterior(labels, condition.Data.ClassCount, options);
        return new ConditionMonitor(condition.ScoresWith(posterior.Head), posterior, labels);
    }
}
