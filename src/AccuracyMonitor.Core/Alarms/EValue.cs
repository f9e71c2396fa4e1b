namespace AccuracyMonitor.Core.Alarms;

/// <summary>Evidence as text. A value of 240 means that the bets against "all is well" have multiplied their stake by 240.</summary>
public static class EValue
{
    private const double MostDigits = 1e6;

    /// <param name="logEvidence">Natural logarithm of the evidence.</param>
    /// <returns>240, or 1e9 from a million on.</returns>
    public static string Text(double logEvidence)
    {
        var evidence = Math.Exp(logEvidence);
        return evidence switch
        {
            < 10 => $"{evidence:0.0}",
            < MostDigits => $"{evidence:0}",
            _ => $"1e{logEvidence / Math.Log(10):0}",
        };
    }
}
