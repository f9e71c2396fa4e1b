namespace AccuracyMonitor.Core.Estimation;

/// <summary>One estimate of a window's accuracy, or the reason why there is none.</summary>
/// <param name="Kind">Which estimate this is.</param>
/// <param name="State">The numbers are valid only with <see cref="EstimateState.Ok"/>; otherwise each is NaN.</param>
/// <param name="Value">Accuracy, [0,1].</param>
/// <param name="Lower">Lower bound of the interval, [0, <paramref name="Value"/>].</param>
/// <param name="Upper">Upper bound, [<paramref name="Value"/>, 1].</param>
/// <param name="EffectiveSamples">θ(1−θ)/SE²: the number of uniformly chosen labels that would be as precise. Positive and finite.</param>
public sealed record AccuracyEstimate(
    EstimateKind Kind, EstimateState State, double Value, double Lower, double Upper, double EffectiveSamples)
{
    internal static AccuracyEstimate Of(EstimateKind kind, Interval interval, double effectiveSamples) =>
        new(kind, EstimateState.Ok, interval.Value, interval.Lower, interval.Upper, effectiveSamples);

    /// <summary>An estimate without numbers, with the reason.</summary>
    public static AccuracyEstimate Without(EstimateKind kind, EstimateState state) =>
        new(kind, state, double.NaN, double.NaN, double.NaN, double.NaN);
}
