using AccuracyMonitor.Bridge.Journal;
using AccuracyMonitor.Bridge.Queue;
using AccuracyMonitor.Bridge.Tools;

namespace AccuracyMonitor.Bridge.Sync;

/// <summary>What every step of a pass works with.</summary>
internal sealed record BridgeParts
{
    public required ILabellingTool Tool { get; init; }

    public required LabelQueue Queue { get; init; }

    public required BridgeJournal Journal { get; init; }

    public required BridgeCounters Counters { get; init; }

    public required BridgeOptions Options { get; init; }

    public required InputAddresses Inputs { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger<BridgeParts> Logger { get; init; }
}
