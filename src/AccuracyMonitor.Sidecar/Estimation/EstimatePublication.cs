using AccuracyMonitor.Sidecar.Truth;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Publishes the results of a refresh to metrics and watchers, with what needs all model versions: differences, and what came true.</summary>
internal sealed class EstimatePublication(VersionComparison comparison, LatestRealized realized, LatestEstimates latest, EstimateMetrics metrics)
{
    public void Publish(DateTimeOffset at, IReadOnlyList<EstimatedModel> models)
    {
        PublishedEstimate[] windows = [.. models.SelectMany(m => m.Windows)];
        var published = new PublishedEstimates
        {
            At = at,
            Models = [.. models.Select(m => m.Model)],
            Windows = windows,
            Running = [.. models.SelectMany(m => m.Running)],
            Differences = [.. comparison.All(windows.Where(w => !w.Series.IsSubgroup))],
            Realized = realized.All,
        };
        metrics.Publish(published);
        latest.Publish(published);
    }
}
