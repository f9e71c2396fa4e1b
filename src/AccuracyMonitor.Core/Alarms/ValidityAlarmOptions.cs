namespace AccuracyMonitor.Core.Alarms;

/// <summary>When the monitor counts as no longer fitting. Checked when the alarm is made.</summary>
public sealed record ValidityAlarmOptions
{
    /// <summary>
    /// How much less often than scored a prediction may be right without the monitor being called invalid, as a share of the score: a concept
    /// shift of less goes unnoticed by design. [0, 0.5].
    /// </summary>
    public double Tolerance { get; init; } = 0.005;

    /// <summary>
    /// Error of the calibration itself that is forgiven, in logits: a reference set fixes a score only so far, most of all between 0 and 1. [0, 2].
    /// </summary>
    public double LogitTolerance { get; init; } = 0.05;

    /// <summary>Probability that a monitor that fits is ever called invalid, however long it runs, (0,1).</summary>
    public double Alpha { get; init; } = 0.05;

    /// <exception cref="ArgumentOutOfRangeException">A number outside its range.</exception>
    internal void Check()
    {
        Require.That(Tolerance is >= 0 and <= 0.5, Tolerance, "0 to 0.5", nameof(Tolerance));
        Require.That(LogitTolerance is >= 0 and <= 2, LogitTolerance, "0 to 2", nameof(LogitTolerance));
        Require.That(Alpha is > 0 and < 1, Alpha, "above 0 and below 1", nameof(Alpha));
    }
}
