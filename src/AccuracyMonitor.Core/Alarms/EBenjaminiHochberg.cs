namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Controls the false discovery rate over many alarms (e-BH; Wang and Ramdas 2022, "False discovery rate control with e-values", JRSS B
/// 84). Among the alarms that fire, the expected fraction of false ones is at most the level, for any dependence between the e-values and
/// at any time.
/// </summary>
public static class EBenjaminiHochberg
{
    /// <summary>
    /// The log e-value at which an alarm fires: ln(m/(k·level)), where k is the largest number such that the k-th largest e-value reaches
    /// that bound. If no k does, the bound for k = 1.
    /// </summary>
    /// <param name="logEvidence">Natural logarithms of m e-values, in any order; with none the result is ∞.</param>
    /// <param name="level">Accepted false discovery rate, (0,1).</param>
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
