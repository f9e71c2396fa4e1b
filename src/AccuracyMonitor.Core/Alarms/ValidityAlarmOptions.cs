namespace AccuracyMonitor.Core.Alarms;

/// <summary>Settings of the validity alarm. The constructor of <see cref="ValidityAlarm"/> checks them.</summary>
public sealed record ValidityAlarmOptions
{
    /// <summary>
    /// Tolerated shortfall of P(correct | x) below the score, as a fraction of the score, [0, 0.5]. A concept shift smaller than this is
    /// not detected, by design.
    /// </summary>
    public double Tolerance { get; init; } = 0.005;

    /// <summary>
    /// Tolerated calibration error of the scores, in logits, [0, 2]. A finite reference set determines a score only to some precision,
    /// least precisely for scores between 0 and 1 that are far from both.
    /// </summary>
    public double LogitTolerance { get; init; } = 0.05;

    /// <summary>Probability that a monitor that fits is ever reported invalid, over any run length, (0,1).</summary>
    public double Alpha { get; init; } = 0.05;

    /// <exception cref="ArgumentOutOfRangeException">A number outside its range.</exception>
    internal void Check()
    {
        Require.That(Tolerance is >= 0 and <= 0.5, Tolerance, "0 to 0.5", nameof(Tolerance));
        Require.That(LogitTolerance is >= 0 and <= 2, LogitTolerance, "0 to 2", nameof(LogitTolerance));
        Require.That(Alpha is > 0 and < 1, Alpha, "above 0 and below 1", nameof(Alpha));
    }
}
