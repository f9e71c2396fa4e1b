namespace AccuracyMonitor.Core.Recalibration;

/// <summary>
/// Standard deviations, in logits, of the normal priors of a head's parameters. Each prior is centred at the value that means "no change".
/// 0 omits the part. Each must be finite and not negative.
/// </summary>
/// <remarks>
/// The defaults are near a flat optimum of ranking and log-loss after 100 and 300 labels of a shift, over four image classifiers: halving
/// or doubling any of them changes little. The two for log-probabilities are stated for ten classes and are scaled by √(10/K), so that the
/// prior variance of the sum over classes does not grow with K.
/// </remarks>
public sealed record RecalibrationHeadOptions
{
    /// <summary>For the factor of the monitor's logit, centred at 1.</summary>
    public double ScaleDeviation { get; init; } = 0.5;

    /// <summary>For the shift, centred at 0.</summary>
    public double ShiftDeviation { get; init; } = 2;

    /// <summary>For the weight of each class's log-probability, centred at 0, at K = 10.</summary>
    public double LogProbabilityDeviation { get; init; } = 0.06;

    /// <summary>For the offset of each predicted class, centred at 0.</summary>
    public double ClassOffsetDeviation { get; init; } = 1.2;

    /// <summary>For the addition to a log-probability's weight for one predicted class, centred at 0, at K = 10.</summary>
    public double ClassLogProbabilityDeviation { get; init; } = 0.1;

    /// <summary>Largest number of classes with the K² weights per predicted class; with more classes they are omitted. Not
    /// negative.</summary>
    public int MaxClassesForClassWeights { get; init; } = 20;

    /// <summary>Cap on a label's weight: 1/π divided by its mean. At least 1.</summary>
    /// <remarks>Only labels drawn while the hourly cap was nearly used up come near it. Without a cap they would dominate the
    /// fit.</remarks>
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
