using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Windows;

namespace AccuracyMonitor.Storage.Fleet;

/// <summary>The present state of one thing that a hub has not acknowledged.</summary>
/// <param name="Change">Number of the change that led to this state. A later change of anything in the database has a higher number.</param>
public abstract record FleetChange(long Change);

/// <param name="Bucket">Totals as they are stored.</param>
/// <inheritdoc cref="FleetChange(long)"/>
public sealed record BucketChange(long Change, BucketRow Bucket) : FleetChange(Change);

/// <param name="Request">The request without its softmax output.</param>
/// <param name="Annotator">Who gave the current label; empty if there is no label or nobody was named.</param>
/// <inheritdoc cref="FleetChange(long)"/>
public sealed record RequestChange(long Change, RequestSummary Request, string Annotator) : FleetChange(Change)
{
    internal long RequestId { get; init; }
}

/// <summary>A prediction that was forgotten: the hub must delete what it has of it.</summary>
/// <inheritdoc cref="FleetChange(long)"/>
public sealed record ForgottenChange(long Change, ModelKey Key, string PredictionId) : FleetChange(Change);
