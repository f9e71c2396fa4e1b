using AccuracyMonitor.Hub.Estimation;
using AccuracyMonitor.Hub.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccuracyMonitor.Hub.Composition;

/// <summary>Whether work gets done: the estimates, which read the database every few seconds, and the days that are dropped.</summary>
internal sealed class HubHealth(FleetEstimateWorker estimates, RetentionWorker retention) : IHealthCheck
{
    /// <summary>Null: all is well.</summary>
    public string? Read() => estimates.Progress.Finished == 0 ? "no estimate was made yet"
        : estimates.Progress.Error is { } error ? $"estimates: {error}"
        : retention.Progress.Error is { } old ? $"retention: {old}"
        : null;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Read() is { } problem ? HealthCheckResult.Unhealthy(problem) : HealthCheckResult.Healthy());
}
