using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Core.Labelling;

/// <summary>
/// A prediction chosen for labelling, with everything that estimation and recalibration need. It is recorded when the decision is made,
/// before any label exists, together with the version of the monitor that gave g.
/// </summary>
public sealed record LabelRequest
{
    public required SeriesKey Series { get; init; }

    /// <summary>Unique per model version.</summary>
    public required string PredictionId { get; init; }

    public required DateTimeOffset PredictionTime { get; init; }

    /// <summary>argmax of <see cref="Probabilities"/>, 0…K−1.</summary>
    public required int PredictedClass { get; init; }

    /// <summary>The softmax vector, length K, non-negative, sums to 1.</summary>
    public required float[] Probabilities { get; init; }

    /// <summary>g: P(prediction is right) as published at decision time, [0,1].</summary>
    public required double Score { get; init; }

    /// <summary>Logit of the ensemble before any recalibration head: the head's input.</summary>
    public required double MonitorLogit { get; init; }

    /// <summary>Standard deviation of the score over the members, [0,0.5].</summary>
    public required double Disagreement { get; init; }

    /// <summary>π, (0,1]; 0 only for <see cref="SamplingPolicy.TopUncertainty"/>.</summary>
    public required double InclusionProbability { get; init; }

    public required SamplingPolicy Policy { get; init; }

    /// <summary>Monitor (graph and head) that gave <see cref="Score"/>.</summary>
    public required string MonitorVersion { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Time after which the request counts as unanswered.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Where the team keeps the input: a URI as the application gave it. Empty: it gave none.</summary>
    public string InputReference { get; init; } = "";

    /// <summary>Whether the request belongs to the plain uniform sample: see <see cref="SamplingDecision.Uniform"/>.</summary>
    public bool UniformSample { get; init; }

    /// <summary>Whether it is to be asked of a second annotator too: drawn before any answer.</summary>
    public bool SecondOpinion { get; init; }

    /// <summary>Whether the request has an inclusion probability and may enter the audited estimate.</summary>
    public bool IsProbabilitySample => InclusionProbability > 0 && Policy != SamplingPolicy.TopUncertainty;
}
