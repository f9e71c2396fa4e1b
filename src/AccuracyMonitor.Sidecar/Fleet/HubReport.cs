using AccuracyMonitor.Storage.Fleet;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>One report to the hub.</summary>
internal sealed record HubReport
{
    public required Guid Source { get; init; }

    public required ReportNumber Number { get; init; }

    /// <summary>Of the last report that was acknowledged; default: none.</summary>
    public required ReportNumber Acknowledged { get; init; }

    /// <summary>A name of the sidecar for people, such as its pod.</summary>
    public required string Instance { get; init; }

    public required DateTimeOffset Sent { get; init; }

    public required ReportPiece Piece { get; init; }

    /// <summary>Changes that are left after this report.</summary>
    public required long Left { get; init; }

    /// <summary>How long the oldest change has waited.</summary>
    public required TimeSpan Oldest { get; init; }
}

/// <summary>The hub's answer: what it did not refuse is durable.</summary>
/// <param name="Refused">Number of changes that the hub will never take.</param>
/// <param name="FirstRefusal">Field and reason of one of them; empty if none is named.</param>
internal sealed record HubAnswer(long Refused, string FirstRefusal);
