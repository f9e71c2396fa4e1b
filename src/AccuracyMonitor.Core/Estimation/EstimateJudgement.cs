namespace AccuracyMonitor.Core.Estimation;

/// <summary>How estimates of past stretches compare with what came true.</summary>
/// <param name="Windows">Stretches that were compared.</param>
/// <param name="MeanError">Mean of estimate less realized accuracy; 0 without a stretch.</param>
/// <param name="RootMeanSquareError">Of the same differences.</param>
/// <param name="Covered">Stretches whose realized accuracy lies in the estimate's interval; null: the estimate has none.</param>
public sealed record EstimateJudgement(long Windows, double MeanError, double RootMeanSquareError, long? Covered)
{
    /// <summary>Of estimates without an interval.</summary>
    public static EstimateJudgement OfValues(IEnumerable<(double Value, double Realized)> pairs) =>
        Of([.. pairs.Select(p => p.Value - p.Realized)], covered: null);

    /// <summary>Of estimates with an interval.</summary>
    public static EstimateJudgement OfIntervals(IReadOnlyCollection<(Interval Estimate, double Realized)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return Of([.. pairs.Select(p => p.Estimate.Value - p.Realized)], pairs.Count(p => p.Estimate.Contains(p.Realized)));
    }

    private static EstimateJudgement Of(double[] errors, long? covered) => errors.Length == 0
        ? new EstimateJudgement(0, 0, 0, covered)
        : new EstimateJudgement(errors.Length, errors.Average(), Math.Sqrt(errors.Average(e => e * e)), covered);
}
