namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// Evidence that the champion's scores are not the probabilities of a right prediction, as the likelihood ratio of a challenger to the champion on labels
/// that came after the challenger was fixed. Each label multiplies the e-value by 1 + 0.98·(q(y)/c(y) − 1), where c and q are the probabilities that
/// champion and challenger gave to the outcome y.
/// </summary>
/// <remarks>
/// What is bounded: where P(y = 1 | x) is the champion's score on the labelled predictions, each factor's mean is at most 1 for any challenger that was
/// fixed before the label, whatever x was chosen for a label. The e-value then reaches 1/a with probability a at most, also if it is looked at after every
/// label. Where the champion is wrong in ways that no head can mend, the mean is 1 only to first order in the distance between the two. Labels are not
/// weighted by 1/π: the bound does not need it, and weights would mute the uncertain predictions, which are labelled most and tell most. Whether a
/// challenger is better for the whole stream is for the weighted losses to say (<see cref="ChampionChallenger"/>).
/// </remarks>
public sealed class LikelihoodEvidence
{
    private const double Stake = 0.98;

    // Caps the factor, so that one confident error of the champion, perhaps an annotator's mistake, does not decide alone. A cap only
    // lowers the e-value.
    private const double LargestGain = 9;

    /// <summary>Natural logarithm of the e-value.</summary>
    public double LogValue { get; private set; }

    /// <param name="championLogit">Logit of the champion, finite.</param>
    /// <param name="challengerLogit">Logit of a challenger that was fixed before this label; finite.</param>
    /// <param name="correct">The outcome.</param>
    public void Observe(double championLogit, double challengerLogit, bool correct)
    {
        var improvement = PairedLoss.Improvement(championLogit, challengerLogit, correct);
        LogValue += Math.Log(1 + (Stake * Math.Min(Math.Exp(improvement) - 1, LargestGain)));
    }
}
