namespace AccuracyMonitor.Core.Transfer;

/// <summary>Log-losses of champion and challenger on one label.</summary>
internal static class PairedLoss
{
    // A score of 1 that is wrong would otherwise cost without bound: at most 16 nats.
    private const double LargestLogit = 16;

    public static double Loss(double logit, bool correct) => Logistic.Loss(Bounded(logit), correct);

    /// <summary>Nats by which the challenger's loss is smaller.</summary>
    public static double Improvement(double championLogit, double challengerLogit, bool correct) => Loss(championLogit, correct) - Loss(challengerLogit, correct);

    /// <summary>Of the two logits. No outcome makes the losses differ by more.</summary>
    public static double Distance(double championLogit, double challengerLogit) => Math.Abs(Bounded(championLogit) - Bounded(challengerLogit));

    private static double Bounded(double logit) => Math.Clamp(logit, -LargestLogit, LargestLogit);
}
