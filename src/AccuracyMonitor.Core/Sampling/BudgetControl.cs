namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// Keeps the number of label requests near the budget by feedback on the debt d = Σ(1 − π/b), measured in predictions. The debt depends on
/// the inclusion probabilities of earlier predictions and never on the random draws, so π remains predictable and the draws independent.
/// </summary>
/// <remarks>
/// The bound is proved, not tuned. π is kept between b·(d + 1 − L) and b·(d + 1 + L), which keeps |d| ≤ L. Over any n consecutive
/// predictions Σπ then differs from b·n by at most 2·L·b; with L = 240 that is 4.8 % of the budget of 10,000 predictions. Both limits are
/// compatible with the minimum of π: the upper limit is never below b and the lower one never above b. The feedback is gradual, so that a
/// burst of uncertain predictions still gets more labels.
/// </remarks>
internal sealed class BudgetControl
{
    private const double Limit = 240;
    private double _debt;

    /// <summary>Computes π for a prediction whose uncertainty is <paramref name="relative"/> times the average, and adds it to the
    /// debt.</summary>
    /// <param name="budget">b for this prediction, (0,1].</param>
    /// <param name="uniformShare">Part of the budget that is spent uniformly, (0,1]: π is at least this times b.</param>
    /// <param name="relative">Uncertainty relative to its mean, not negative.</param>
    public double Spend(double budget, double uniformShare, double relative)
    {
        var x = _debt / Limit;
        var pull = Math.Exp(x + (2 * x * x * x));
        var share = uniformShare + ((1 - uniformShare) * relative * pull);
        share = Math.Min(share, Math.Min(_debt + 1 + Limit, 1 / budget));
        share = Math.Max(share, Math.Max(_debt + 1 - Limit, uniformShare));
        _debt += 1 - share;
        return Math.Min(1, share * budget);
    }
}
