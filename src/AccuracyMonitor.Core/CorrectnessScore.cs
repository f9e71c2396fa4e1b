namespace AccuracyMonitor.Core;

/// <summary>The correctness score g: the probability that a prediction is right, from its logit.</summary>
public static class CorrectnessScore
{
    /// <summary>Logits are held within ± this: finitely many labels never make a prediction certain, so g stays off 0 and 1.</summary>
    public const double MaxLogit = 14;

    /// <returns>g, (0, 1); NaN for a logit that is NaN.</returns>
    public static double FromLogit(double logit) => Logistic.Sigmoid(Math.Clamp(logit, -MaxLogit, MaxLogit));
}
