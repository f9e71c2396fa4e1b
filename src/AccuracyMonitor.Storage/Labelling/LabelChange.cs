using AccuracyMonitor.Core.Labelling;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>What one answer or retraction changed. What depends on it (windows, alarms) has all it needs here.</summary>
public sealed record LabelChange
{
    public required LabelOutcome Outcome { get; init; }

    /// <summary>The request after the change; null when it was not found.</summary>
    public RequestSummary? Request { get; init; }

    /// <summary>Its state before; null when it was not found. An answer to a skipped or expired request makes it answered.</summary>
    public RequestState? PreviousState { get; init; }

    /// <summary>The label before; null when there was none.</summary>
    public int? Previous { get; init; }

    /// <summary>The label now; null when there is none.</summary>
    public int? Current => Request?.Label;

    /// <summary>Place of the request's last history entry, from 1; 0 when it has none.</summary>
    public long Sequence => Request?.LabelSequence ?? 0;

    /// <summary>It is about a second or third opinion, which leaves the label as it is.</summary>
    public bool IsOpinion { get; init; }

    /// <summary>It is recorded that the annotator saw the model's answer.</summary>
    internal bool IsRevealed { get; init; }

    /// <summary>Whether this call wrote an entry of the label's history.</summary>
    public bool Changed => !IsOpinion && IsTaken;

    /// <summary>Whether this call changed the label or an opinion.</summary>
    internal bool IsTaken => Outcome is LabelOutcome.Ok or LabelOutcome.Replaced;

    /// <summary>What is wrong, with field, value and bound; empty when nothing is.</summary>
    public string Reason { get; init; } = "";
}
