namespace AccuracyMonitor.Core.Recalibration;

/// <summary>Log-losses of champion and challenger on one label.</summary>
internal static class PairedLoss
{
    // Bounds the loss at 16 nats; a wrong prediction with score 1 would have an infinite loss.
    private const double LargestLogit = 16;

    public static double Loss(double logit, bool correct) => Logistic.Loss(Bounded(logit), correct);

    /// <summary>Nats by which the challenger's loss is smaller.</summary>
    public static double Improvement(double championLogit, double challengerLogit, bool correct) =>
        Loss(championLogit, correct) - Loss(challengerLogit, correct);

    /// <summary>Largest possible difference of the losses, over both outcomes, for these two logits.</summary>
    public static double Distance(double championLogit, double challengerLogit) => Math.Abs(Bounded(championLogit) - Bounded(challengerLogit));

    private static double Bounded(double logit) => Math.Clamp(logit, -LargestLogit, LargestLogit);
}
