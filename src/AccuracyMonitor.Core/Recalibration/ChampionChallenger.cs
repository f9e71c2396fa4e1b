namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// Decides whether a challenger replaces the champion. The e-value decides whether the improvement is real. The losses on the newest labels
/// decide whether it is large enough and still present.
/// </summary>
public static class ChampionChallenger
{
    /// <summary>Minimum number of labels for a promotion.</summary>
    public const int MinLabels = 20;

    /// <summary>Minimum improvement in nats per label. A smaller one does not justify replacing the monitor.</summary>
    public const double MinImprovement = 0.005;

    /// <param name="championLogits">One per sample, finite.</param>
    /// <param name="challengerLogits">One per sample, finite, from challengers that were fixed before these labels came.</param>
    /// <param name="samples">Labels, weighted by 1/π divided by its mean, so that the comparison is valid for the stream and not only for
    /// the labelled predictions.</param>
    /// <param name="evidence">Evidence from labels that were not used to select a challenger.</param>
    /// <exception cref="ArgumentException">The three differ in length, or a number is not finite.</exception>
    public static PromotionVerdict Judge(
        ReadOnlySpan<double> championLogits, ReadOnlySpan<double> challengerLogits, IReadOnlyList<LabelledPrediction> samples, PromotionEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var n = samples.Count;
        if (championLogits.Length != n || challengerLogits.Length != n)
        {
            throw new ArgumentException($"{championLogits.Length} and {challengerLogits.Length} logits for {n} samples.", nameof(samples));
        }

        if (n < MinLabels)
        {
            return new PromotionVerdict(false, 0, 0, 0, n, evidence.Value, $"{n} labels: at least {MinLabels} are needed.")
            {
                Obstacle = PromotionObstacle.Labels,
            };
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

            var before = PairedLoss.Loss(championLogits[i], sample.Correct);
            var after = PairedLoss.Loss(challengerLogits[i], sample.Correct);
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
        return Decide(championLoss, challengerLoss, standardError, n, evidence);
    }

    private static PromotionVerdict Decide(double championLoss, double challengerLoss, double standardError, int n, PromotionEvidence evidence)
    {
        var improvement = championLoss - challengerLoss;
        var least = Math.Max(MinImprovement, standardError);
        var worthwhile = improvement >= least;
        var reason = $"Log-loss {challengerLoss:F4} against {championLoss:F4} on {n} labels: better by {improvement:F4}, at least {least:F4} required. "
            + $"e-value {evidence.Value:G3}, at least {evidence.Required:F0} required.";
        return new PromotionVerdict(worthwhile && evidence.Suffices, championLoss, challengerLoss, standardError, n, evidence.Value, reason)
        {
            Obstacle = !worthwhile ? PromotionObstacle.Improvement : !evidence.Suffices ? PromotionObstacle.Evidence : PromotionObstacle.None,
        };
    }
}
