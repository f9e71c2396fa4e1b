using AccuracyMonitor.Training.Evaluation;

namespace AccuracyMonitor.Training.Stress;

/// <summary>A monitor trained with and without adversarial outputs.</summary>
/// <param name="Plain">Without.</param>
/// <param name="Hardened">With; its metadata have the numbers.</param>
/// <param name="CleanBefore">The plain monitor on clean outputs that neither saw.</param>
/// <param name="CleanAfter">The hardened one on them.</param>
/// <param name="Refusal">Why the hardened monitor must not be used, for the operator; null: it may be used.</param>
public sealed record HardeningResult(
    TrainedMonitor Plain, TrainedMonitor Hardened, ScoreMetrics CleanBefore, ScoreMetrics CleanAfter, string? Refusal);
