namespace AccuracyMonitor.Core.Sampling;

/// <summary>How predictions are chosen for labelling. The numbers are persisted: they may only be added to.</summary>
public enum SamplingPolicy
{
    /// <summary>π = (1−τ)·b·u/ū + τ·b: half uncertainty, half uniform. The default.</summary>
    Mixed = 1,

    /// <summary>π = b for every prediction.</summary>
    Uniform = 2,

    /// <summary>π constant within strata of the correctness score, Neyman-allocated with a floor.</summary>
    Stratified = 3,

    /// <summary>The most uncertain share b, deterministically: has no inclusion probability and never enters the audited
    /// estimate.</summary>
    TopUncertainty = 4,
}
