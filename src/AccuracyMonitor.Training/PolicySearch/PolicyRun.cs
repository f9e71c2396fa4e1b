namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>What one training by one policy gave.</summary>
/// <param name="Policy">Its text.</param>
/// <param name="Seed">Of split, first weights, order and masks.</param>
/// <param name="Curve">Held-out losses, the first at step 0.</param>
/// <param name="Test">The best weights seen, calibrated as the trainer does it, on outputs that nothing was chosen on.</param>
/// <param name="Confidence">Average confidence and its deviations there.</param>
/// <param name="LossDifference">Held-out loss − loss on as many of the trained rows, at the end, nats.</param>
public sealed record PolicyRun(
    string Policy, ulong Seed, IReadOnlyList<LossPoint> Curve, TestScore Test, ConfidenceSpread Confidence, double LossDifference)
{
    /// <summary>Held-out loss after the last step, nats.</summary>
    public double FinalLoss => Curve[^1].Loss;

    /// <summary>The smallest held-out loss, nats.</summary>
    public double BestLoss => Curve.Min(p => p.Loss);

    /// <summary>Steps to the smallest held-out loss.</summary>
    public int BestStep => Curve.MinBy(p => p.Loss).Step;

    /// <summary>Steps at the first evaluation at which the held-out loss was at most this; null: never.</summary>
    public int? StepsTo(double loss) => Curve.Where(p => p.Loss <= loss).Select(p => (int?)p.Step).FirstOrDefault();

    /// <summary>Steps at the first evaluation from which on the held-out loss was never above this; null: it ended above. The first
    /// crossing would favour a noisy curve.</summary>
    public int? StepsToStay(double loss) => FinalLoss > loss ? null : Curve.Reverse().TakeWhile(p => p.Loss <= loss).Last().Step;
}

/// <summary>Utility of a run.</summary>
/// <param name="LogLoss">Nats.</param>
/// <param name="Brier">[0, 1].</param>
/// <param name="Auroc">Of "is the prediction right".</param>
/// <param name="EstimateError">|mean score − accuracy|, [0, 1].</param>
public sealed record TestScore(double LogLoss, double Brier, double Auroc, double EstimateError);
