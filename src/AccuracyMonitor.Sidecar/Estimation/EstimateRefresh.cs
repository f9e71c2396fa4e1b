using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Estimates every model version once, and publishes the results. One run at a time.</summary>
internal sealed class EstimateRefresh(
    ModelRegistry registry,
    ModelEstimation estimation,
    EstimatePublication publication,
    InternalErrorCounter internalErrors,
    TimeProvider time,
    ILogger<EstimateRefresh> logger)
{
    private readonly AlarmLog _alarms = new(logger);

    /// <summary>Progress of the refreshes. Its error names the models that could not be estimated.</summary>
    public WorkProgress Progress { get; } = new();

    public async Task RunAsync()
    {
        Progress.Begin();
        string? error = "the refresh failed";
        try
        {
            error = await RefreshAsync();
        }
        finally
        {
            Progress.End(error);
        }
    }

    /// <returns>Which models could not be estimated, or null. The others are published.</returns>
    private async Task<string?> RefreshAsync()
    {
        var now = time.GetUtcNow();
        estimation.BeginRound();
        List<EstimatedModel> models = [];
        string? error = null;
        foreach (var model in registry.Models.Where(m => m.IsRestored))
        {
            try
            {
                var estimated = await estimation.EstimateAsync(model, now);
                models.Add(estimated);
                _alarms.Report(estimated);
            }
#pragma warning disable CA1031 // One model that can't be estimated must not keep the others from it; it is missing from what is published.
            catch (Exception e)
#pragma warning restore CA1031
            {
                error ??= $"{model.Key} could not be estimated: {e.Message}";
                internalErrors.Count("estimation");
                SidecarLog.EstimationFailed(logger, model.Key.ToString(), ErrorId.New(), e);
            }
        }

        publication.Publish(now, models);
        estimation.Forget(key => !registry.TryGet(key, out _));
        _alarms.Forget(key => !registry.TryGet(key, out _));
        return error;
    }
}
