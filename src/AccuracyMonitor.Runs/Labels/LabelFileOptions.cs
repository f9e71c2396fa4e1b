using AccuracyMonitor.Evaluation.Traces;

namespace AccuracyMonitor.Runs.Labels;

/// <summary>What a user says about a file of labels that the file itself does not say.</summary>
internal sealed record LabelFileOptions
{
    /// <summary>Null: <c>id</c>, or else <c>prediction_id</c>.</summary>
    public string? IdColumn { get; init; }

    public string LabelColumn { get; init; } = "label";

    /// <summary>Of every row; empty: the column <c>model</c> says it.</summary>
    public string Model { get; init; } = "";

    /// <summary>Of every row; empty: the column <c>version</c> says it.</summary>
    public string Version { get; init; } = "";

    /// <summary>Of delimited text; null: told by the header.</summary>
    public char? Delimiter { get; init; }

    /// <summary>How a label says which class it is.</summary>
    public required ClassScheme Classes { get; init; }
}
