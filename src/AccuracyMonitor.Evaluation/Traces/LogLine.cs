namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>One line of a JSON Lines log: a prediction, a label for one, or both.</summary>
internal sealed record LogLine
{
    /// <summary>From 1.</summary>
    public required long Number { get; init; }

    public string? Id { get; init; }

    public DateTimeOffset? Time { get; init; }

    public string? Condition { get; init; }

    public string? Model { get; init; }

    public string? Version { get; init; }

    public string? Segment { get; init; }

    /// <summary>Null on a line that only brings a label.</summary>
    public float[]? Probabilities { get; init; }

    /// <summary>True class, not yet checked against K.</summary>
    public long? Label { get; init; }
}
