namespace AccuracyMonitor.Core.Alarms;

/// <summary>Formats an e-value. An e-value of 240 means that a bet against the null hypothesis has multiplied its stake by 240.</summary>
public static class EValue
{
    private const double MostDigits = 1e6;

    /// <param name="logEvidence">Natural logarithm of the e-value.</param>
    /// <returns>For example 240; from one million on in powers of ten, for example 1e9.</returns>
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
