namespace AccuracyMonitor.Core.Transfer;

/// <summary>Compares two monitors on labels that neither was fitted to: the challenger takes over on evidence only.</summary>
public static class ChampionChallenger
{
    /// <summary>Fewer labels decide nothing.</summary>
    public const int MinLabels = 20;

    /// <summary>Standard errors by which the challenger must be better. Two rather than the one-sided 1.645, since it is asked again and
    /// again.</summary>
    public const double RequiredStandardErrors = 2;

    /// <summary>Nats per label by which it must be better: less is not worth a new monitor.</summary>
    public const double MinImprovement = 0.005;

    // A score of 1 that is wrong would otherwise cost without bound: at most 16 nats.
    private const double LargestLogit = 16;

    /// <param name="championLogits">By sample, finite.</param>
    /// <param name="challengerLogits">By sample, finite, out-of-fold or from a monitor that never saw these labels.</param>
    /// <param name="samples">Labels; weighted by 1/π over its mean, so that the comparison speaks for the stream and not for what was
    /// labelled.</param>
    /// <exception cref="ArgumentException">The three differ in length, or a number is not finite.</exception>
    public static PromotionVerdict Judge(
        ReadOnlySpan<double> championLogits, ReadOnlySpan<double> challengerLogits, IReadOnlyList<TransferSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var n = samples.Count;
        if (championLogits.Length != n || challengerLogits.Length != n)
        {
            throw new ArgumentException($"{championLogits.Length} and {challengerLogits.Length} logits for {n} samples.", nameof(samples));
        }

        if (n < MinLabels)
        {
            return new PromotionVerdict(false, 0, 0, 0, n, $"{n} labels: at least {MinLabels} are needed.");
        }

        var improvements = new double[n];
        double weight = 0, championLoss = 0, challengerLoss = 0;
        for (var i = 0; i < n; i++)
        {
            var sample = samples[i];
            var finite = double.IsFinite(championLogits[i]) && double.IsFinite(challengerLogits[i]) && double.IsFinite(sample.Weight);
            if (!(finite && sample.Weight > 0))
            {
                throw new ArgumentException(
                    $"Sample '{sample.Key}' has a logit that is not finite or a weight that is not positive.", nameof(samples));
            }

            var before = Loss(championLogits[i], sample.Correct);
            var after = Loss(challengerLogits[i], sample.Correct);
            improvements[i] = before - after;
            weight += sample.Weight;
            championLoss += sample.Weight * before;
            challengerLoss += sample.Weight * after;
        }

        championLoss /= weight;
        challengerLoss /= weight;
        var improvement = championLoss - challengerLoss;
        double squares = 0;
        for (var i = 0; i < n; i++)
        {
            var share = samples[i].Weight / weight * (improvements[i] - improvement);
            squares += share * share;
        }

        var standardError = Math.Sqrt(squares * n / (n - 1));
        return Decide(championLoss, challengerLoss, standardError, n);
    }

    private static PromotionVerdict Decide(double championLoss, double challengerLoss, double standardError, int n)
    {
        var improvement = championLoss - challengerLoss;
        var promote = improvement >= MinImprovement && improvement > RequiredStandardErrors * standardError;
        var reason = $"Log-loss {challengerLoss:F4} against {championLoss:F4}: better by {improvement:F4}, "
            + (promote
                ? $"more than {RequiredStandardErrors} standard errors of {standardError:F4}."
                : $"where {Math.Max(MinImprovement, RequiredStandardErrors * standardError):F4} is required.");
        return new PromotionVerdict(promote, championLoss, challengerLoss, standardError, n, reason);
    }

    private static double Loss(double logit, bool correct) => LogisticLoss.Loss(Math.Clamp(logit, -LargestLogit, LargestLogit), correct);
}
