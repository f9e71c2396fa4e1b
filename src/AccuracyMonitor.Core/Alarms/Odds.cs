namespace AccuracyMonitor.Core.Alarms;

/// <summary>Evidence as people say it: 1:240 is a bet that has won 240 times its stake against "all is well".</summary>
public static class Odds
{
    private const double MostDigits = 1e6;

    /// <param name="logEvidence">Natural logarithm of the evidence.</param>
    public static string Text(double logEvidence)
    {
        var evidence = Math.Exp(logEvidence);
        return evidence switch
        {
            < 10 => $"1:{evidence:0.0}",
            < MostDigits => $"1:{evidence:0}",
            _ => $"1:1e{logEvidence / Math.Log(10):0}",
        };
    }
}
