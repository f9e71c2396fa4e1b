namespace AccuracyMonitor.Core.Estimation;

/// <summary>Settings of <see cref="WindowEstimator"/>, which checks them.</summary>
public sealed record EstimatorOptions
{
    /// <summary>Error level of the two-sided intervals, (0, 0.5].</summary>
    public double Alpha { get; init; } = 0.05;

    /// <summary>Minimum number of predictions for any estimate; at least 1.</summary>
    public int MinSamples { get; init; } = 50;

    /// <summary>Minimum number of labels for an estimate from labels; at least 1.</summary>
    public int MinLabels { get; init; } = 10;

    /// <summary>Standard error of the monitor's calibration on the reference set, [0, 0.5]. Larger windows do not reduce it.</summary>
    public double LabelFreeReferenceStandardError { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A number outside its range.</exception>
    internal void Check()
    {
        Require.That(Alpha is > 0 and <= 0.5, Alpha, "above 0 and at most 0.5", nameof(Alpha));
        ArgumentOutOfRangeException.ThrowIfLessThan(MinSamples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinLabels, 1);
        Require.That(LabelFreeReferenceStandardError is >= 0 and <= 0.5, LabelFreeReferenceStandardError, "0 to 0.5", nameof(LabelFreeReferenceStandardError));
    }
}
