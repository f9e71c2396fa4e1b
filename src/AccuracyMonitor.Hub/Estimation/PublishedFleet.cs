using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Hub.Store;

namespace AccuracyMonitor.Hub.Estimation;

/// <summary>All estimates of one moment. Immutable; replaced by the next.</summary>
/// <param name="At">End of the windows.</param>
/// <param name="Backlog">What the sources have not reported yet.</param>
/// <param name="Models">The model versions that living sources report.</param>
/// <param name="Windows">The estimates of every series and window.</param>
internal sealed record PublishedFleet(
    DateTimeOffset At, FleetBacklog Backlog, IReadOnlyDictionary<ModelKey, FleetModel> Models, IReadOnlyList<FleetEstimate> Windows);

internal sealed record FleetEstimate(SeriesKey Series, TimeSpan Window, WindowEstimate Estimate);

/// <summary>The latest estimates; null before the first.</summary>
internal sealed class LatestFleet
{
    private volatile PublishedFleet? _value;

    public PublishedFleet? Value => _value;

    public void Publish(PublishedFleet value) => _value = value;
}
