namespace AccuracyMonitor.Core.Alarms;

/// <summary>Settings of the accuracy alarm. The constructor of <see cref="AccuracyAlarm"/> checks them.</summary>
public sealed record AccuracyAlarmOptions
{
    /// <summary>Accuracy objective, (0,1]. Null: there is no objective and the alarm never fires.</summary>
    public double? Objective { get; init; } = 0.9;

    /// <summary>Tolerated shortfall below the objective, [0, objective).</summary>
    public double Tolerance { get; init; }

    /// <summary>Lower bound on the average number of labels until a false alarm; above 1.</summary>
    public double AverageRunLength { get; init; } = 10_000;

    /// <summary>
    /// Smallest inclusion probability that counts, as a fraction of its mean over predictions, (0,1]. It bounds the weight of a label. The
    /// mixed policy keeps π ≥ τ·b with the uniform share τ and the budget b, so choose a value slightly below τ.
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
