namespace AccuracyMonitor.Core.Sampling;

/// <summary>Whether a prediction is to be labelled, and the probability with which it was chosen.</summary>
/// <param name="Selected">True if a label is to be requested.</param>
/// <param name="InclusionProbability">π, (0,1]; 0 if <paramref name="Capped"/> or under <see
/// cref="SamplingPolicy.TopUncertainty"/>.</param>
/// <param name="Policy">The policy that decided.</param>
/// <param name="Capped">True if the cap of the hour is used up: the prediction is not selected and does not belong to the population that
/// the labels represent.</param>
public readonly record struct SamplingDecision(bool Selected, double InclusionProbability, SamplingPolicy Policy, bool Capped)
{
    /// <summary>True if the prediction could be chosen with a known positive probability; recorded as
    /// <c>PredictionPoint.Covered</c>.</summary>
    public bool Covered => InclusionProbability > 0;

    /// <summary>
    /// True if the random number is below the smallest π that any prediction can have at this moment (mixed: the uniform share of the budget).
    /// Every prediction has the same probability of this, so the selected predictions with this mark are a plain
    /// uniform sample. The conditional probability, given
    /// selection, is π_least/π.
    /// </summary>
    public bool Uniform { get; init; }
}
