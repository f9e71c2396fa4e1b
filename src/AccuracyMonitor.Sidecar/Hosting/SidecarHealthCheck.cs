using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>Serving from the end of start-up to the beginning of shutdown.</summary>
internal sealed class SidecarHealthCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy());
}
