namespace AccuracyMonitor.Core.Transfer;

/// <summary>
/// Evidence that the champion's scores can be improved: the likelihood ratio of a challenger to the champion on labels received after the
/// challenger was fixed. Each label multiplies the e-value by 1 + s·(q(y)/c(y) − 1), where c and q are the champion's and the challenger's
/// probability of the outcome y, and s in (0, 0.9] grows with the label's weight.
/// </summary>
/// <remarks>
/// If P(y = 1 | x) equals the champion's score, the factor has mean 1 for any challenger that was fixed before the label, so the product
/// may be checked after every label. If the champion has errors that no head can correct, the mean is 1 to first order in the distance
/// between the two: the champion then has the smallest log-loss of all heads, so its residuals are uncorrelated with the head's features.
/// This needs about a quarter of the labels that bets on the difference of the losses need (<see cref="LossEvidence"/>), which are also
/// valid for challengers of another form.
/// </remarks>
public sealed class LikelihoodEvidence
{
    private const double LargestStake = 0.9;

    // Caps the factor, so that one confident error of the champion, perhaps an annotator's mistake, does not decide alone. A cap only
    // lowers the e-value.
    private const double LargestGain = 4;

    /// <summary>Natural logarithm of the e-value.</summary>
    public double LogValue { get; private set; }

    /// <param name="championLogit">Logit of the champion, finite.</param>
    /// <param name="challengerLogit">Logit of a challenger that was fixed before this label; finite.</param>
    /// <param name="correct">The outcome.</param>
    /// <param name="weightShare">Weight of the label as a fraction of the cap, (0, 1].</param>
    public void Observe(double championLogit, double challengerLogit, bool correct, double weightShare)
    {
        var improvement = PairedLoss.Improvement(championLogit, challengerLogit, correct);
        LogValue += Math.Log(1 + (LargestStake * weightShare * Math.Min(Math.Exp(improvement) - 1, LargestGain)));
    }
}
