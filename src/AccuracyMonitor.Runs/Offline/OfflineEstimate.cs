namespace AccuracyMonitor.Runs.Offline;

/// <summary>Accuracy of the predictions of a file, as far as its labels tell.</summary>
internal sealed record OfflineEstimate
{
    public required EstimateBasis Basis { get; init; }

    /// <summary>"count", "wilson" or "audited".</summary>
    public required string Method { get; init; }

    /// <summary>Accuracy, [0,1].</summary>
    public required double Value { get; init; }

    public required double Lower { get; init; }

    public required double Upper { get; init; }

    /// <summary>Level of the interval.</summary>
    public required double Level { get; init; }

    /// <summary>Whether the interval has its level; false for labels of unknown origin. Read by those who read the JSON.</summary>
    public bool IntervalHolds => Basis != EstimateBasis.Convenience;

    public required long Rows { get; init; }

    /// <summary>Labels that the estimate is made of.</summary>
    public required long Labels { get; init; }

    /// <summary>Those with which the predicted class agrees.</summary>
    public required long Correct { get; init; }

    /// <summary>Rows that were drawn, labelled or not; null: none were.</summary>
    public long? Drawn { get; init; }

    /// <summary>Uniformly drawn labels that would be as precise; null: not an audited estimate.</summary>
    public double? EffectiveLabels { get; init; }

    /// <summary>The weighted labels alone, without the scores; null: not an audited estimate.</summary>
    public LabelsAlone? LabelsAlone { get; init; }

    /// <summary>Mean of the largest softmax over all rows.</summary>
    public required double MeanConfidence { get; init; }

    /// <summary>The same over the labelled rows, each counted once whatever its π.</summary>
    public required double LabelledMeanConfidence { get; init; }

    /// <summary>What a reader should know before using the numbers.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <summary>An estimate from labels alone with its interval.</summary>
internal sealed record LabelsAlone(double Value, double Lower, double Upper);
