using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AccuracyMonitor.Sidecar.Probes;

/// <summary>For the gRPC health service: serving means the same as ready.</summary>
internal sealed class SidecarHealthCheck(SidecarHealth health) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var report = health.Read();
        return Task.FromResult(report.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(report.ToText()));
    }
}
