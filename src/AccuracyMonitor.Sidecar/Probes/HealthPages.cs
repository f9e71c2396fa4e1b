namespace AccuracyMonitor.Sidecar.Probes;

/// <summary>The probes: the status says what the kubelet is to do, the body which parts are down and why.</summary>
internal static class HealthPages
{
    public static void AddSidecarHealth(this IServiceCollection services)
    {
        services.AddSingleton<StoreProbe>();
        services.AddSingleton<SidecarHealth>();
        services.AddHealthChecks().AddCheck<SidecarHealthCheck>("sidecar");
    }

    public static void MapHealthPages(this WebApplication app)
    {
        app.MapGet("/healthz", static (SidecarHealth health) => Answer(health.Read(), static r => r.IsLive));
        app.MapGet("/readyz", static (SidecarHealth health) => Answer(health.Read(), static r => r.IsReady));
    }

    private static IResult Answer(HealthReport report, Func<HealthReport, bool> passes) => Results.Text(
        report.ToText(), statusCode: passes(report) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
