namespace AccuracyMonitor.Core.Transfer;

/// <summary>Compares two monitors on labels that neither was fitted on.</summary>
public static class ChampionChallenger
{
    public static PromotionVerdict Judge(
        ReadOnlySpan<double> championLogits, ReadOnlySpan<double> challengerLogits, IReadOnlyList<TransferSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return new PromotionVerdict(false, 0, 0, championLogits.Length + challengerLogits.Length, samples.Count, "Not judged.");
    }
}
