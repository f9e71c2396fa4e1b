using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>One row of a trace as it is understood, checked: a prediction, a label for one, or both.</summary>
internal sealed record TraceEntry
{
    /// <summary>Of the line, from 1, or of the row, from 0.</summary>
    public required long Number { get; init; }

    /// <summary>"line" or "row".</summary>
    public required string Unit { get; init; }

    public required string Path { get; init; }

    /// <summary>Whether a later row may bring a label for this one.</summary>
    public bool IsLog { get; init; }

    public string? Id { get; init; }

    public DateTimeOffset? Time { get; init; }

    public string? Condition { get; init; }

    public string? Model { get; init; }

    public string? Version { get; init; }

    public string? Segment { get; init; }

    /// <summary>A softmax vector; null on a row that only brings a label.</summary>
    public float[]? Probabilities { get; init; }

    /// <summary>True class, 0…K−1.</summary>
    public int? Label { get; init; }

    /// <summary>π of the row, where the labels come from a file of drawn rows.</summary>
    public double? InclusionProbability { get; init; }

    public TraceFileException Defect(string text) => TraceFileException.OfRow($"{Path}: {Unit} {Number}: {text}.");
}
