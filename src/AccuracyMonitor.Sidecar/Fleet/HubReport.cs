using AccuracyMonitor.Storage.Fleet;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>One report to the hub.</summary>
internal sealed record HubReport
{
    public required FleetSource Source { get; init; }

    /// <summary>From 1 in each epoch.</summary>
    public required long Sequence { get; init; }

    /// <summary>For people.</summary>
    public required string Instance { get; init; }

    public required DateTimeOffset Sent { get; init; }

    /// <summary>Of the hub's last answer; empty: there was none.</summary>
    public required string Generation { get; init; }

    public required ReportPiece Piece { get; init; }

    /// <summary>Changes that are left after this report.</summary>
    public required long Left { get; init; }

    /// <summary>How long the oldest change has waited.</summary>
    public required TimeSpan Oldest { get; init; }
}

/// <summary>The hub's answer: what it did not refuse is durable.</summary>
/// <param name="Generation">By which the hub names itself.</param>
/// <param name="Refused">Changes that it will never take.</param>
/// <param name="FirstRefusal">Field and reason of one of them; empty: none is named.</param>
/// <param name="RetryAfter">Not before this long should the next report come.</param>
internal sealed record HubAnswer(string Generation, long Refused, string FirstRefusal, TimeSpan RetryAfter);
