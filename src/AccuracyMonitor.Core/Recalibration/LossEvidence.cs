namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// Evidence that a challenger of any form has the smaller expected log-loss: bets on the difference of the two losses per label
/// (Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting"). If the challenger is not better, the mean of
/// each factor is at most 1.
/// </summary>
/// <remarks>
/// The stake depends on earlier labels only. A factor must not be negative, so a label on which the two differ by more than one logit is
/// weighted in inverse proportion to the difference. The comparison is of losses with these weights.
/// </remarks>
public sealed class LossEvidence
{
    private const double LargestStake = 0.9;

    // Fading memory of about 50 labels, so that the stake follows the present.
    private const double Kept = 0.98;

    // Initial values: as if a few labels had suggested half of the largest stake.
    private const double PriorSquare = 0.5;
    private const double PriorMean = 0.25;

    private double _mean;
    private double _square;

    public LossEvidence()
    {
    }

    /// <summary>Continues from a stored state.</summary>
    /// <param name="state">An earlier <see cref="State"/>.</param>
    public LossEvidence((double LogValue, double Mean, double Square) state) => (LogValue, _mean, _square) = state;

    /// <summary>Natural logarithm of the e-value.</summary>
    public double LogValue { get; private set; }

    /// <summary>All that later labels depend on.</summary>
    public (double LogValue, double Mean, double Square) State => (LogValue, _mean, _square);

    /// <param name="championLogit">Finite.</param>
    /// <param name="challengerLogit">Finite; from a challenger that has not seen this label.</param>
    /// <param name="correct">The outcome.</param>
    /// <param name="weightShare">Weight of the label as part of the largest that counts, (0, 1].</param>
    public void Observe(double championLogit, double challengerLogit, bool correct, double weightShare)
    {
        var improvement = PairedLoss.Improvement(championLogit, challengerLogit, correct);
        var bet = weightShare * improvement / Math.Max(1, PairedLoss.Distance(championLogit, challengerLogit));
        LogValue += Math.Log(1 + (Stake * bet));
        _mean = (Kept * _mean) + bet;
        _square = (Kept * _square) + (bet * bet);
    }

    /// <summary>Observes all labels from <paramref name="first"/> on, in order. Each has its weight relative to the mean of those before
    /// it.</summary>
    /// <param name="labels">Oldest first.</param>
    /// <param name="first">Index of the first label that judges, at least 0.</param>
    /// <param name="championLogits">Logits for the labels from <paramref name="first"/> on.</param>
    /// <param name="challengerLogits">The same, from a challenger that was fitted only to labels before <paramref name="first"/>.</param>
    public void ObserveAll(IReadOnlyList<LabelledPrediction> labels, int first, ReadOnlySpan<double> championLogits, ReadOnlySpan<double> challengerLogits)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var weights = new LabelWeights();
        for (var i = 0; i < labels.Count; i++)
        {
            if (i >= first)
            {
                Observe(championLogits[i - first], challengerLogits[i - first], labels[i].Correct, weights.Share(labels[i].Weight));
            }

            weights.Add(labels[i].Weight);
        }
    }

    /// <summary>Whether that many further labels could raise the e-value to <paramref name="required"/> if each gave the largest possible
    /// gain.</summary>
    public bool CanReach(double required, int labels) => LogValue + (labels * Math.Log(1 + LargestStake)) >= Math.Log(required);

    private double Stake => Math.Clamp((_mean + (PriorMean * PriorSquare)) / (_square + PriorSquare), 0, LargestStake);
}
