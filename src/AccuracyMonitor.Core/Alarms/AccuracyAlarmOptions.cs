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
            Require.That(objective is > 0 and <= 1, objective, "above 0 and at most 1", nameof(Objective));
            Require.That(Tolerance >= 0 && Tolerance < objective, Tolerance, $"at least 0 and below the objective ({objective})", nameof(Tolerance));
        }

        Require.That(AverageRunLength is > 1 and < double.PositiveInfinity, AverageRunLength, "above 1 and finite", nameof(AverageRunLength));
        Require.That(MinInclusionRatio is > 0 and <= 1, MinInclusionRatio, "above 0 and at most 1", nameof(MinInclusionRatio));
    }
}
