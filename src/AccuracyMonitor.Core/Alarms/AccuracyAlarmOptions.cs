namespace AccuracyMonitor.Core.Alarms;

/// <summary>When the accuracy alarm fires. Checked when the alarm is made.</summary>
public sealed record AccuracyAlarmOptions
{
    /// <summary>The accuracy that is to be kept, (0,1]; null: nothing to keep, never fires.</summary>
    public double? Objective { get; init; } = 0.9;

    /// <summary>How far below the objective is still tolerated, [0, objective).</summary>
    public double Tolerance { get; init; }

    /// <summary>Labels between false alarms, on average, at least; over 1.</summary>
    public double AverageRunLength { get; init; } = 10_000;

    /// <summary>
    /// Least inclusion probability, as a share of its mean over predictions, (0,1]: what bounds a label's weight. The mixed policy keeps
    /// π ≥ τ·b, so a little under τ.
    /// </summary>
    public double MinInclusionRatio { get; init; } = 0.4;

    /// <exception cref="ArgumentOutOfRangeException">A number outside its range.</exception>
    internal void Check()
    {
        if (Objective is { } objective)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(objective is > 0 and <= 1, true, nameof(Objective));
            ArgumentOutOfRangeException.ThrowIfNotEqual(Tolerance >= 0 && Tolerance < objective, true, nameof(Tolerance));
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(AverageRunLength is > 1 and < double.PositiveInfinity, true, nameof(AverageRunLength));
        ArgumentOutOfRangeException.ThrowIfNotEqual(MinInclusionRatio is > 0 and <= 1, true, nameof(MinInclusionRatio));
    }
}
