using AccuracyMonitor.Core;

namespace AccuracyMonitor.Storage.Truth;

/// <summary>A prediction that is remembered until its truth comes.</summary>
public sealed record RememberedPrediction
{
    public required ModelKey Key { get; init; }

    /// <summary>K of the model version.</summary>
    public required int ClassCount { get; init; }

    /// <summary>Only its hash is kept.</summary>
    public required string PredictionId { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>0…K−1.</summary>
    public required int PredictedClass { get; init; }

    /// <summary>g, [0,1].</summary>
    public required double Score { get; init; }
}

/// <summary>How many predictions of a model version are remembered.</summary>
public sealed record RememberedCount(ModelKey Key, long Predictions);
