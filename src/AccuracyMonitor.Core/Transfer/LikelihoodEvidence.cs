namespace AccuracyMonitor.Core.Transfer;

/// <summary>
/// Evidence that the champion's scores can be improved, as the likelihood ratio of a challenger to the champion on labels that came after the
/// challenger was fixed. Each label multiplies the e-value by 1 + s·(q(y)/c(y) − 1), where c and q are the probabilities that champion and challenger
/// gave to the outcome y, and s in (0, 0.9] grows with the label's weight.
/// </summary>
/// <remarks>
/// Where P(y = 1 | x) is the champion's score, the factor's mean is 1 for any challenger that was fixed before the label, so the product may be looked at
/// after every label. Where the champion is wrong in ways that no head can mend, the mean is 1 to first order in the distance between the two: the
/// champion's log-loss is then least among heads, so its residuals do not correlate with a head's features. About four times as fast as bets on the
/// difference of the losses (<see cref="LossEvidence"/>), which also hold for challengers of another form.
/// </remarks>
public sealed class LikelihoodEvidence
{
    private const double LargestStake = 0.9;

    // A champion that was sure and wrong once, perhaps by an annotator's error, must not decide alone. Cutting a factor only lowers the e-value.
    private const double LargestGain = 4;

    /// <summary>Natural logarithm of the e-value.</summary>
    public double LogValue { get; private set; }

    /// <param name="championLogit">Finite.</param>
    /// <param name="challengerLogit">Finite; from a challenger that has not seen this label.</param>
    /// <param name="correct">The outcome.</param>
    /// <param name="weightShare">Weight of the label as part of the largest that counts, (0, 1].</param>
    public void Observe(double championLogit, double challengerLogit, bool correct, double weightShare)
    {
        var improvement = PairedLoss.Improvement(championLogit, challengerLogit, correct);
        LogValue += Math.Log(1 + (LargestStake * weightShare * Math.Min(Math.Exp(improvement) - 1, LargestGain)));
    }
}
