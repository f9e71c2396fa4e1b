namespace AccuracyMonitor.Core.Sampling;

/// <summary>Whether a prediction is to be labelled, and the probability with which that was decided.</summary>
/// <param name="Selected">A label is to be requested.</param>
/// <param name="InclusionProbability">π, (0,1]; 0 when capped and under <see cref="SamplingPolicy.TopUncertainty"/>.</param>
/// <param name="Policy">The policy that decided.</param>
/// <param name="Capped">The hour's cap is spent: not selected, and not part of the population that the labels speak for.</param>
public readonly record struct SamplingDecision(bool Selected, double InclusionProbability, SamplingPolicy Policy, bool Capped)
{
    /// <summary>The prediction could have been chosen with a known probability: what <c>PredictionPoint.Covered</c> records.</summary>
    public bool Covered => InclusionProbability > 0;

    /// <summary>
    /// The coin fell below the least π that any prediction of this moment can have (mixed: τ·b), so every prediction had the same chance of this:
    /// of the selected ones, those that are a plain uniform sample. Given that it was selected, π_least/π.
    /// </summary>
    public bool Uniform { get; init; }
}
