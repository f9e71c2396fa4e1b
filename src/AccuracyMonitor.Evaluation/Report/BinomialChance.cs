using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>How often chance alone puts a coverage below a limit: with few windows well above what a normal distribution says.</summary>
internal static class BinomialChance
{
    /// <param name="limit">Share.</param>
    /// <param name="windows">n, at least 1.</param>
    /// <param name="level">Chance that an interval covers, (0,1).</param>
    /// <returns>P(k/n &lt; limit) for k binomial, windows being independent.</returns>
    public static double Below(double limit, long windows, double level)
    {
        // Each term from the one before, as a logarithm: (1 − p)ⁿ is no double from 250 windows on.
        var term = windows * Math.Log(1 - level);
        var odds = Logistic.Logit(level);
        var sum = 0.0;
        for (long k = 0; k <= windows && (double)k / windows < limit; k++)
        {
            sum += Math.Exp(term);
            term += Math.Log((double)(windows - k) / (k + 1)) + odds;
        }

        return sum;
    }
}
