namespace AccuracyMonitor.Core.Alarms;

/// <summary>
/// Combines several bets: M_k ← (start + M_k)·L_k for each bet k; the evidence is the mean of the M_k. Computed in logarithms, so that it
/// neither overflows nor underflows. With E[L_k] ≤ 1 under the null hypothesis: start = 1 gives the Shiryaev–Roberts e-detector (Shin,
/// Ramdas and Rinaldo 2024, "E-detectors", section 2), whose average run length to a threshold A is at least A; starts that add up to at
/// most 1 give an e-process, which reaches 1/α at any time with probability at most α (Ville 1939).
/// </summary>
internal sealed class BetMixture
{
    private double[] _logs;

    public BetMixture(int bets)
    {
        _logs = new double[bets];
        Reset();
    }

    /// <summary>Natural logarithm of the mean over the bets; −∞ before the first label.</summary>
    public double Log => LogSumExp(_logs) - Math.Log(_logs.Length);

    public void Reset() => Array.Fill(_logs, double.NegativeInfinity);

    public BetMixture Copy()
    {
        var copy = (BetMixture)MemberwiseClone();
        copy._logs = [.. _logs];
        return copy;
    }

    /// <param name="logStart">Natural logarithm of the stake of a bet that begins at this label.</param>
    /// <param name="logFactors">log L_k, one per bet; −∞ resets that bet to 0.</param>
    public void Update(double logStart, ReadOnlySpan<double> logFactors)
    {
        for (var k = 0; k < _logs.Length; k++)
        {
            _logs[k] = LogAdd(logStart, _logs[k]) + logFactors[k];
        }
    }

    /// <summary>Caps the evidence, so that an improvement ends the alarm within a reasonable number of labels.</summary>
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
