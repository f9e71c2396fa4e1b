using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Storage.Windows;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>What the store kept of a model version.</summary>
internal sealed record StoredHistory
{
    /// <summary>Sums over predictions that may still lie in a window.</summary>
    public IReadOnlyList<BucketRow> Buckets { get; init; } = [];

    /// <summary>Labels ever given to the uniform sample.</summary>
    public long UniformLabels { get; init; }

    /// <summary>Those that say "right".</summary>
    public long UniformRight { get; init; }

    /// <summary>Since the first label, oldest first.</summary>
    public IReadOnlyList<ClosedWindow> ClosedWindows { get; init; } = [];
}
