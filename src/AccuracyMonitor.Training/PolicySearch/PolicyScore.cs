namespace AccuracyMonitor.Training.PolicySearch;

/// <summary>A candidate over all seeds, beside the tuned constant of the same seeds.</summary>
/// <param name="Policy">Its text.</param>
/// <param name="Runs">One per seed.</param>
/// <param name="StepsToTarget">Mean over seeds of the first evaluation at which the held-out loss was at most the tuned constant's final one. A run that
/// never reached it counts with all its steps.</param>
/// <param name="Reached">Share of seeds that reached it.</param>
/// <param name="StepsToStay">The same, of the first evaluation from which on it stayed there.</param>
/// <param name="AsGood">Utility: the mean over seeds of the final held-out loss is above the best candidate's by no more than one standard
/// deviation of the difference, seed by seed.</param>
/// <param name="RateSpread">Robustness: largest less smallest log-loss on the test outputs over the scaled rates, nats; null: not measured.</param>
public sealed record PolicyScore(
    string Policy, IReadOnlyList<PolicyRun> Runs, double StepsToTarget, double Reached, double StepsToStay, bool AsGood, double? RateSpread)
{
    public string Function => Policy.Split(' ')[0];

    public double FinalLoss => Runs.Average(r => r.FinalLoss);

    public double FinalLossDeviation => ConfidenceSpread.StandardDeviation([.. Runs.Select(r => r.FinalLoss)]);

    public double BestLoss => Runs.Average(r => r.BestLoss);

    public double BestStep => Runs.Average(r => r.BestStep);

    public double Auroc => Runs.Average(r => r.Test.Auroc);

    public double Brier => Runs.Average(r => r.Test.Brier);

    public double EstimateError => Runs.Average(r => r.Test.EstimateError);

    public double LossDifference => Runs.Average(r => r.LossDifference);

    public ConfidenceSpread Confidence => new(
        Runs.Average(r => r.Confidence.Average), Runs.Average(r => r.Confidence.Deviation), Runs.Average(r => r.Confidence.AcrossClasses));
}
