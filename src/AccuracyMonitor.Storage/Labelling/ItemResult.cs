using AccuracyMonitor.Core.Labelling;

namespace AccuracyMonitor.Storage.Labelling;

/// <summary>What became of one lease of an extend, release or skip.</summary>
public sealed record ItemResult
{
    public required LabelOutcome Outcome { get; init; }

    /// <summary>The request after the call; null when the lease is unknown.</summary>
    public RequestSummary? Request { get; init; }

    /// <summary>Its state before the call; null when the lease is unknown.</summary>
    public RequestState? PreviousState { get; init; }

    /// <summary>What is wrong, with field, value and bound; empty when nothing is.</summary>
    public string Reason { get; init; } = "";
}
