namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Many alarms at once (Wang and Ramdas 2022, "False discovery rate control with e-values", JRSS B 84, e-BH): of those that fire, the expected
/// share that is wrong is at most the level, however the evidence of one depends on that of another, and at any time one looks.
/// </summary>
public static class EBenjaminiHochberg
{
    /// <summary>
    /// The least evidence with which one fires: ln(m/(k·level)), k the largest number for which the k-th largest reaches that; with none, what the
    /// first would need.
    /// </summary>
    /// <param name="logEvidence">Natural logarithms of m e-values, any order; none gives ∞.</param>
    /// <param name="level">Share of false alarms that is accepted, (0,1).</param>
    public static double LogThreshold(ReadOnlySpan<double> logEvidence, double level)
    {
        Require.That(level is > 0 and < 1, level, "above 0 and below 1", nameof(level));
        if (logEvidence.IsEmpty)
        {
            return double.PositiveInfinity;
        }

        var sorted = logEvidence.ToArray();
        Array.Sort(sorted);
        for (var k = sorted.Length; k > 1; k--)
        {
            var threshold = Math.Log(sorted.Length / (k * level));
            if (sorted[^k] >= threshold)
            {
                return threshold;
            }
        }

        return Math.Log(sorted.Length / level);
    }
}
