namespace AccuracyMonitor.Core.Recalibration;

/// <summary>Evidence against "no challenger is better than the champion", and the evidence required.</summary>
/// <param name="Value">e-value, 0 or more.</param>
/// <param name="Required">By <see cref="PromotionBudget"/>.</param>
public sealed record PromotionEvidence(double Value, double Required)
{
    public bool Suffices => Value >= Required;
}
