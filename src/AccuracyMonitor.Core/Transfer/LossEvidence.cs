namespace AccuracyMonitor.Core.Transfer;

/// <summary>
/// Evidence that a challenger of any form has the smaller expected log-loss: bets on the difference of the two losses, label by label (Waudby-Smith and
/// Ramdas, "Estimating means of bounded random variables by betting", 2024). Where the challenger is not better, each factor's mean is at most 1.
/// </summary>
/// <remarks>
/// The stake depends on earlier labels only. A factor must not be negative, so a label on which the two differ by more than one logit counts in inverse
/// proportion to the difference: the comparison is of the losses weighted in that way.
/// </remarks>
public sealed class LossEvidence
{
    private const double LargestStake = 0.9;

    // About 50 labels are remembered, so that a bet follows the present.
    private const double Kept = 0.98;

    // As if a little had been seen that suggests half the largest stake.
    private const double PriorSquare = 0.5;
    private const double PriorMean = 0.25;

    private double _mean;
    private double _square;

    /// <summary>Natural logarithm of the e-value.</summary>
    public double LogValue { get; private set; }

    /// <inheritdoc cref="LikelihoodEvidence.Observe"/>
    public void Observe(double championLogit, double challengerLogit, bool correct, double weightShare)
    {
        var improvement = PairedLoss.Improvement(championLogit, challengerLogit, correct);
        var bet = weightShare * improvement / Math.Max(1, PairedLoss.Distance(championLogit, challengerLogit));
        LogValue += Math.Log(1 + (Stake * bet));
        _mean = (Kept * _mean) + bet;
        _square = (Kept * _square) + (bet * bet);
    }

    /// <summary>Observes every label from <paramref name="first"/> on, in order, with its weight relative to the mean of those before it.</summary>
    /// <param name="labels">Oldest first.</param>
    /// <param name="first">Of the labels that judge; at least 0.</param>
    /// <param name="championLogits">Of the labels from <paramref name="first"/> on.</param>
    /// <param name="challengerLogits">The same, of a challenger that has seen only labels before <paramref name="first"/>.</param>
    public void ObserveAll(IReadOnlyList<TransferSample> labels, int first, ReadOnlySpan<double> championLogits, ReadOnlySpan<double> challengerLogits)
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

    /// <summary>Whether so many further labels could bring the e-value to <paramref name="required"/>, if each of them won as much as one can.</summary>
    public bool CanReach(double required, int labels) => LogValue + (labels * Math.Log(1 + LargestStake)) >= Math.Log(required);

    private double Stake => Math.Clamp((_mean + (PriorMean * PriorSquare)) / (_square + PriorSquare), 0, LargestStake);
}
