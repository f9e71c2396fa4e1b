namespace AccuracyMonitor.Core.Transfer;

/// <summary>Whether a challenger takes over, with the numbers it was decided on.</summary>
/// <param name="Promote">The evidence suffices.</param>
/// <param name="ChampionLoss">Weighted mean log-loss of the champion, nats per label.</param>
/// <param name="ChallengerLoss">The same of the challenger.</param>
/// <param name="StandardError">Of the difference of the two, paired, nats per label.</param>
/// <param name="Labels">Labels compared.</param>
/// <param name="Evidence">e-value against "no challenger is better".</param>
/// <param name="Reason">One sentence for the record of decisions.</param>
public sealed record PromotionVerdict(
    bool Promote, double ChampionLoss, double ChallengerLoss, double StandardError, int Labels, double Evidence, string Reason);
