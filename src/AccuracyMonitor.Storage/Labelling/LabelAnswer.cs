using AccuracyMonitor.Core;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>One label, for the request of a lease or of a model version and prediction id. When both are given they must agree.</summary>
public sealed record LabelAnswer
{
    /// <summary>A lease that was ever given; it need not run any more.</summary>
    public string? LeaseId { get; init; }

    public ModelKey Key { get; init; }

    public string? PredictionId { get; init; }

    /// <summary>The true class, 0…K−1.</summary>
    public required long Label { get; init; }

    /// <summary>Recorded with the label. At most 200 characters.</summary>
    public string Annotator { get; init; } = "";

    /// <summary>
    /// Truth that comes for every prediction: of one that was not chosen for labelling nothing is kept but its truth for the realized estimate, where the
    /// prediction is remembered.
    /// </summary>
    public bool OfEveryPrediction { get; init; }

    /// <summary>A second or third opinion about a prediction that another annotator has labelled, without a lease, whether it is wanted or not.</summary>
    public bool AsOpinion { get; init; }

    /// <summary>Recorded with the label.</summary>
    public AnswerConditions Conditions { get; init; } = AnswerConditions.Unknown;
}
