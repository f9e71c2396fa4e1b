namespace AccuracyMonitor.Training.BitCentering;

/// <summary>
/// Adapts μ, the assumed lower bound on curvature: the grid covers changes up to ‖g̃‖/μ. If μ is too large the change saturates; if it is
/// too small the grid is too coarse to make progress. This rule is our own; De Sa et al. leave μ to the user.
/// </summary>
internal sealed class AutoMu(double start)
{
    /// <summary>Fraction of a single weight's roundings that may be clamped before the range of the grid is increased.</summary>
    public const double Saturation = 0.05;

    // Smallest μ worth trying again: half of it has made the objective worse.
    private double _least;

    public double Mu { get; private set; } = start;

    /// <summary>Updates μ after an accepted epoch.</summary>
    /// <param name="mostSaturated">Fraction of clamped roundings of the most often clamped weight, [0, 1]. The mean over all weights is not
    /// used, because saturation of one weight in twenty can already block progress.</param>
    public void Kept(double mostSaturated)
    {
        if (mostSaturated > Saturation && Mu / 2 >= _least)
        {
            Mu /= 2;
        }
    }

    /// <summary>Updates μ after a rejected epoch. The grid was too coarse, unless it was also too narrow; then the failure is attributed to
    /// chance and μ stays.</summary>
    /// <param name="mostSaturated">As for <see cref="Kept"/>.</param>
    public void Restored(double mostSaturated)
    {
        if (mostSaturated <= Saturation)
        {
            Mu *= 2;
            _least = Mu;
        }
    }
}
