namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// Keeps what is spent near what was budgeted by feedback on the debt d = Σ(1 − π/b), in predictions. The debt depends on inclusion
/// probabilities, never on coins, and only on earlier predictions, so π stays predictable and the draws independent.
/// </summary>
/// <remarks>
/// The bound is a proof, not a tuning: π is held between b·(d + 1 − L) and b·(d + 1 + L), which keeps |d| ≤ L, and over any run of n
/// predictions Σπ differs from b·n by at most 2·L·b; with L = 240 that is 4.8 % of 10,000 predictions. Both limits leave room for the
/// floor: the upper one is never below b, the lower one never above b. The pull is soft on the way there, so that a burst of uncertain
/// predictions still gets more labels.
/// </remarks>
internal sealed class BudgetControl
{
    private const double Limit = 240;
    private double _debt;

    /// <summary>π for a prediction whose uncertainty is <paramref name="relative"/> times the usual, and enters it in the books.</summary>
    /// <param name="budget">b for this prediction, (0,1].</param>
    /// <param name="uniformShare">Share of the budget spent evenly, (0,1]: π is at least this times b.</param>
    /// <param name="relative">Not negative; 1 on average.</param>
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
