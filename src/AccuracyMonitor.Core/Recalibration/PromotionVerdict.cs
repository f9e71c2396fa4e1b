namespace AccuracyMonitor.Core.Recalibration;

/// <summary>Whether a challenger replaces the champion, with the numbers behind the decision.</summary>
/// <param name="Promote">True if the challenger replaces the champion.</param>
/// <param name="ChampionLoss">Weighted mean log-loss of the champion, nats per label.</param>
/// <param name="ChallengerLoss">Weighted mean log-loss of the challenger, nats per label.</param>
/// <param name="StandardError">Standard error of the difference of the two losses, paired, nats per label.</param>
/// <param name="Labels">Number of labels compared.</param>
/// <param name="Evidence">e-value against "no challenger is better".</param>
/// <param name="Reason">One sentence for the log of decisions.</param>
public sealed record PromotionVerdict(
    bool Promote, double ChampionLoss, double ChallengerLoss, double StandardError, int Labels, double Evidence, string Reason)
{
    /// <summary>Which of the conditions for a promotion failed first.</summary>
    public PromotionObstacle Obstacle { get; init; }
}
