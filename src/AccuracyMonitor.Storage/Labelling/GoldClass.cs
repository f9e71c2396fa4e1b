using AccuracyMonitor.Core;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>
/// The true class of a prediction whose label was requested, to hold against what annotators answer. Never a label: no estimate uses it as one.
/// </summary>
public sealed record GoldClass
{
    public required ModelKey Key { get; init; }

    public required string PredictionId { get; init; }

    /// <summary>0…K−1; null: its true class is known no longer.</summary>
    public required long? Class { get; init; }

    /// <summary>Of the class names by which it was given; empty: none.</summary>
    public string ClassNamesVersion { get; init; } = "";
}
