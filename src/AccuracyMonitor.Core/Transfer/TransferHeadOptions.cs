namespace AccuracyMonitor.Core.Transfer;

/// <summary>
/// How strongly a head is held at "no change": every parameter has a normal prior about its value there, and this is its standard
/// deviation, in logits. 0 leaves the part out. Each must be finite and not negative.
/// </summary>
/// <remarks>
/// The defaults lie on a flat optimum of ranking and log-loss after 100 and 300 labels of a shift, over four image classifiers: halving or
/// doubling any of them costs little. The two that multiply log-probabilities are meant for ten classes and are scaled by √(10/K), so that
/// what the prior allows the sum over the classes does not grow with their number.
/// </remarks>
public sealed record TransferHeadOptions
{
    /// <summary>Of the monitor logit's factor, about 1.</summary>
    public double ScaleDeviation { get; init; } = 0.5;

    /// <summary>Of the shift, about 0.</summary>
    public double ShiftDeviation { get; init; } = 2;

    /// <summary>Of the weight of each class's log-probability, about 0, at K = 10.</summary>
    public double LogProbabilityDeviation { get; init; } = 0.06;

    /// <summary>Of each predicted class's offset, about 0.</summary>
    public double ClassOffsetDeviation { get; init; } = 1.2;

    /// <summary>Of what is added to a log-probability's weight for one predicted class, about 0, at K = 10.</summary>
    public double ClassLogProbabilityDeviation { get; init; } = 0.1;

    /// <summary>With more classes than this the K² weights that are particular to a predicted class are left out. Not negative.</summary>
    public int MaxClassesForClassWeights { get; init; } = 20;

    /// <summary>No label counts for more than this many: 1/π, divided by its mean, is cut here. At least 1.</summary>
    /// <remarks>Only a label drawn while the hourly cap was nearly spent comes near it; its full weight would drown the others.</remarks>
    public double MaxWeight { get; init; } = 10;

    internal void Check()
    {
        RequireDeviation(ScaleDeviation, nameof(ScaleDeviation));
        RequireDeviation(ShiftDeviation, nameof(ShiftDeviation));
        RequireDeviation(LogProbabilityDeviation, nameof(LogProbabilityDeviation));
        RequireDeviation(ClassOffsetDeviation, nameof(ClassOffsetDeviation));
        RequireDeviation(ClassLogProbabilityDeviation, nameof(ClassLogProbabilityDeviation));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxClassesForClassWeights);
        if (!(MaxWeight >= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(MaxWeight), MaxWeight, "MaxWeight must be at least 1.");
        }
    }

    private static void RequireDeviation(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and not negative.");
        }
    }
}
