namespace AccuracyMonitor.Runs.Replay;

/// <summary>One thing that happens in a replay: a prediction, or a label that becomes known.</summary>
internal sealed record ReplayItem
{
    /// <summary>Number of the stretch it belongs to.</summary>
    public required int ConditionIndex { get; init; }

    /// <summary>Of the prediction.</summary>
    public required string Id { get; init; }

    /// <summary>K of them; empty when only a label becomes known.</summary>
    public ReadOnlyMemory<float> Probabilities { get; init; }

    /// <summary>Of a prediction: the truth, as the file has it in the end; null where it never says.</summary>
    public int? Truth { get; init; }

    /// <summary>The label that this tells; null: none.</summary>
    public int? Told { get; init; }

    /// <summary>As the log has it.</summary>
    public DateTimeOffset? Time { get; init; }

    public bool IsPrediction => !Probabilities.IsEmpty;
}
