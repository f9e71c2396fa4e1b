using MathNet.Numerics;

namespace AccuracyMonitor.Core.Agreement;

/// <summary>How often one annotator disagrees, and the evidence that it is more often than others do.</summary>
/// <param name="Doubles">Doubles that he is part of.</param>
/// <param name="Disagreements">Those among them without agreement.</param>
/// <param name="LogEvidence">Natural logarithm of the e-value against "he disagrees no more often than others do"; 0 without evidence.</param>
/// <param name="LogThreshold">Evidence at which he stands out.</param>
public sealed record AnnotatorDisagreement(string Annotator, int Doubles, int Disagreements, double LogEvidence, double LogThreshold)
{
    /// <summary>Doubles of one side that wait for one of the other; older ones are left out, so that the two of a pair are not far apart in time.</summary>
    private const int MaxWaiting = 100;

    public bool StandsOut => LogEvidence >= LogThreshold;

    /// <summary>
    /// Compares each annotator with the doubles that he is no part of. Each of his doubles is paired with one of others, in the order in which they were
    /// completed. Of the pairs in which one double disagrees and the other does not, at most half have the disagreement on his side if he disagrees no more
    /// often than the others: the bet on "more than half" (uniform over the probabilities above ½) is an e-process, so its evidence may be looked at
    /// after every label.
    /// </summary>
    /// <remarks>
    /// The j-th annotator by first appearance stands out at j(j+1)/α. The sum of the reciprocals is at most α, so the probability that any annotator ever
    /// stands out without reason is at most α, however many there are. With two annotators there are no doubles of others, and nobody can say which of
    /// the two errs.
    /// </remarks>
    /// <param name="doubles">In the order in which they were completed.</param>
    /// <param name="alpha">Probability of any false alarm, (0,1).</param>
    /// <returns>One for each annotator, in order of first appearance.</returns>
    public static IReadOnlyList<AnnotatorDisagreement> Of(IReadOnlyList<DoubleLabel> doubles, double alpha)
    {
        ArgumentNullException.ThrowIfNull(doubles);
        Require.That(alpha is > 0 and < 1, alpha, "above 0 and below 1");
        var annotators = doubles.SelectMany(d => (string[])[d.First.Annotator, d.Second.Annotator]).Distinct(StringComparer.Ordinal).ToArray();
        return [.. annotators.Select((a, i) => Of(doubles, a, Math.Log((i + 1.0) * (i + 2.0) / alpha)))];
    }

    private static AnnotatorDisagreement Of(IReadOnlyList<DoubleLabel> doubles, string annotator, double threshold)
    {
        var (count, disagreements, his, others) = (0, 0, 0, 0);
        var waiting = new Queue<bool>();
        var waitingAreHis = false;
        foreach (var each in doubles)
        {
            var isHis = IsBy(each, annotator);
            count += isHis ? 1 : 0;
            disagreements += isHis && !each.Agrees ? 1 : 0;
            if (waiting.Count == 0 || waitingAreHis == isHis)
            {
                waitingAreHis = isHis;
                waiting.Enqueue(each.Agrees);
                if (waiting.Count > MaxWaiting)
                {
                    waiting.Dequeue();
                }

                continue;
            }

            var agreed = waiting.Dequeue();
            if (agreed != each.Agrees)
            {
                // On whose side is the disagreement?
                var onHis = each.Agrees ? waitingAreHis : isHis;
                his += onHis ? 1 : 0;
                others += onHis ? 0 : 1;
            }
        }

        return new AnnotatorDisagreement(annotator, count, disagreements, LogEvidenceOf(his, others), threshold);
    }

    private static bool IsBy(DoubleLabel each, string annotator) =>
        string.Equals(each.First.Annotator, annotator, StringComparison.Ordinal) || string.Equals(each.Second.Annotator, annotator, StringComparison.Ordinal);

    /// <summary>ln of 2·∫ θʰ(1−θ)ᵒ dθ over (½,1], divided by ½^(h+o).</summary>
    private static double LogEvidenceOf(int his, int others)
    {
        double h = his, o = others;
        var logBeta = SpecialFunctions.GammaLn(h + 1) + SpecialFunctions.GammaLn(o + 1) - SpecialFunctions.GammaLn(h + o + 2);
        return ((h + o + 1) * Math.Log(2)) + logBeta + Math.Log(SpecialFunctions.BetaRegularized(o + 1, h + 1, 0.5));
    }
}
