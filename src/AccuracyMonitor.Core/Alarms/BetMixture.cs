namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Evidence from several bets at once: M_k ← (start + M_k)·L_k for each, evidence the mean of the M_k. In logarithms, so that it neither
/// overflows nor dies. With E[L_k] ≤ 1 under the null hypothesis: start = 1 is the Shiryaev–Roberts e-detector (Shin, Ramdas and Rinaldo
/// 2024, "E-detectors", section 2), whose average run length to a threshold A is at least A; starts that add up to at most 1 make an
/// e-process, which ever reaches 1/α with probability at most α (Ville).
/// </summary>
internal sealed class BetMixture
{
    private double[] _logs;

    public BetMixture(int bets)
    {
        _logs = new double[bets];
        Reset();
    }

    /// <summary>Log of the mean over the bets; −∞ before the first label.</summary>
    public double Log => LogSumExp(_logs) - Math.Log(_logs.Length);

    public void Reset() => Array.Fill(_logs, double.NegativeInfinity);

    public BetMixture Copy()
    {
        var copy = (BetMixture)MemberwiseClone();
        copy._logs = [.. _logs];
        return copy;
    }

    /// <param name="logStart">Log of what a bet newly begun at this label is worth.</param>
    /// <param name="logFactors">log L_k, one per bet; −∞ ends what the bet has won so far.</param>
    public void Update(double logStart, ReadOnlySpan<double> logFactors)
    {
        for (var k = 0; k < _logs.Length; k++)
        {
            _logs[k] = LogAdd(logStart, _logs[k]) + logFactors[k];
        }
    }

    /// <summary>Forgets evidence beyond a ceiling, so that a change for the better shows within reasonable time.</summary>
    public void Limit(double logCeiling)
    {
        var excess = Log - logCeiling;
        if (excess > 0)
        {
            foreach (ref var log in _logs.AsSpan())
            {
                log -= excess;
            }
        }
    }

    internal static double LogAdd(double a, double b)
    {
        var high = Math.Max(a, b);
        return double.IsNegativeInfinity(high) ? high : high + Math.Log(Math.Exp(a - high) + Math.Exp(b - high));
    }

    private static double LogSumExp(ReadOnlySpan<double> logs)
    {
        var sum = double.NegativeInfinity;
        foreach (var log in logs)
        {
            sum = LogAdd(sum, log);
        }

        return sum;
    }
}
