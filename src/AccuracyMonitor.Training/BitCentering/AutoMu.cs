namespace AccuracyMonitor.Training.BitCentering;

/// <summary>
/// Finds μ, which says how far the optimum may be for a gradient of a given size: the grid reaches ‖g̃‖/μ. Too large a μ and the change saturates, too
/// small and the grid is too coarse to make progress. Our rule; De Sa et al. leave μ to the user.
/// </summary>
internal sealed class AutoMu(double start)
{
    /// <summary>Share of a single weight's roundings that may be clamped before the grid has to reach further.</summary>
    public const double Saturation = 0.05;

    // The least μ worth a try again: half of it has made things worse.
    private double _least;

    public double Mu { get; private set; } = start;

    /// <summary>After an epoch that was kept.</summary>
    /// <param name="mostSaturated">Share of clamped roundings of the weight that was clamped most often, [0, 1]. Of all weights together it says too little:
    /// the direction in which the optimum is far may be that of one weight in twenty.</param>
    public void Kept(double mostSaturated)
    {
        if (mostSaturated > Saturation && Mu / 2 >= _least)
        {
            Mu /= 2;
        }
    }

    /// <summary>After an epoch that was taken back: the grid was too coarse, unless it was too narrow too; then chance made things worse, and μ stays.</summary>
    /// <param name="mostSaturated">As of <see cref="Kept"/>.</param>
    public void Restored(double mostSaturated)
    {
        if (mostSaturated <= Saturation)
        {
            Mu *= 2;
            _least = Mu;
        }
    }
}
