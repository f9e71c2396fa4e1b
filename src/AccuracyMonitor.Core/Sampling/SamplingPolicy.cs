namespace AccuracyMonitor.Core.Sampling;

/// <summary>How predictions are chosen for labelling. The numbers are persisted: add new ones, never change one.</summary>
public enum SamplingPolicy
{
    /// <summary>π = (1−τ)·b·u/ū + τ·b: a mixture of uncertainty and uniform sampling with the uniform share (τ). The default.</summary>
    Mixed = 1,

    /// <summary>π = b for every prediction.</summary>
    Uniform = 2,

    /// <summary>π is constant within strata of the correctness score; Neyman allocation with a lower bound.</summary>
    Stratified = 3,

    /// <summary>Chooses the most uncertain fraction b deterministically. It has no inclusion probability, so its labels never enter the
    /// audited estimate.</summary>
    TopUncertainty = 4,
}
