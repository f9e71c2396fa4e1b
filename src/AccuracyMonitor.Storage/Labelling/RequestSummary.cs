using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>
/// A label request with what became of it, without its softmax vector: all that windows and alarms need, at a size that does not grow
/// with the number of classes.
/// </summary>
public sealed record RequestSummary
{
    public required SeriesKey Series { get; init; }

    public required string PredictionId { get; init; }

    public required DateTimeOffset PredictionTime { get; init; }

    /// <summary>0…K−1.</summary>
    public required int PredictedClass { get; init; }

    /// <summary>K.</summary>
    public required int ClassCount { get; init; }

    /// <summary>g as published at decision time, [0,1].</summary>
    public required double Score { get; init; }

    public required double MonitorLogit { get; init; }

    public required double Disagreement { get; init; }

    /// <summary>π, (0,1]; 0 only for <see cref="SamplingPolicy.TopUncertainty"/>.</summary>
    public required double InclusionProbability { get; init; }

    public required SamplingPolicy Policy { get; init; }

    public required string MonitorVersion { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required RequestState State { get; init; }

    /// <summary>How often it has been leased.</summary>
    public required int Attempts { get; init; }

    /// <summary>The current label, 0…K−1; null when there is none or it was taken back.</summary>
    public int? Label { get; init; }

    /// <summary>Place of the last entry (label or retraction) in the history over all requests, from 1; 0 when there is none.</summary>
    public long LabelSequence { get; init; }

    /// <summary>When the last entry was made.</summary>
    public DateTimeOffset? LabelledAt { get; init; }

    /// <summary>Why it was skipped, also after a label came all the same; null when it never was.</summary>
    public string? SkipReason { get; init; }

    /// <summary>Part of the plain uniform sample among the requests: see <see cref="SamplingDecision.Uniform"/>.</summary>
    public bool UniformSample { get; init; }

    /// <summary>See <see cref="LabelRequest.InputReference"/>.</summary>
    public string InputReference { get; init; } = "";

    public bool IsProbabilitySample => InclusionProbability > 0 && Policy != SamplingPolicy.TopUncertainty;

    /// <summary>Was the predicted class the true one? Null without a label.</summary>
    public bool? Correct => Label is { } label ? label == PredictedClass : null;
}
