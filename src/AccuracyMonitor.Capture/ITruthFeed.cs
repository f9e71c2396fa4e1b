namespace AccuracyMonitor.Capture;

/// <summary>Takes truths of predictions, whichever way the predictions came.</summary>
public interface ITruthFeed
{
    /// <summary>Completes when what is stored is durable.</summary>
    /// <param name="http">The call, whose caller is known.</param>
    /// <param name="truths">Already checked against their bounds.</param>
    Task<TruthAnswer> ApplyAsync(HttpContext http, IReadOnlyList<ReportedTruth> truths);
}

/// <summary>What a prediction should have said.</summary>
public sealed record ReportedTruth
{
    public required string Model { get; init; }

    public required string Version { get; init; }

    public required string PredictionId { get; init; }

    /// <summary>Null: it is <see cref="ClassName"/>.</summary>
    public uint? ClassNumber { get; init; }

    /// <summary>A name, an alias or a number; empty: it is <see cref="ClassNumber"/>.</summary>
    public string ClassName { get; init; } = "";

    /// <summary>When it became known; null: not said.</summary>
    public DateTimeOffset? Known { get; init; }

    /// <summary>Who reports it.</summary>
    public required string Source { get; init; }
}

/// <summary>What became of reported truths.</summary>
/// <param name="Status">Of HTTP: 200, or why the rest was refused.</param>
/// <param name="Error">Why the rest was refused; empty: nothing was.</param>
/// <param name="Outcomes">Of the first truths, in order.</param>
public sealed record TruthAnswer(int Status, string Error, IReadOnlyList<TruthOutcome> Outcomes);

/// <param name="Code">In lower case, such as <c>not_found</c>.</param>
/// <param name="IsStored">The truth is stored, or was before.</param>
/// <param name="Reason">What is wrong; empty: nothing.</param>
public readonly record struct TruthOutcome(string Code, bool IsStored, string Reason);
