using AccuracyMonitor.Hosting;

namespace AccuracyMonitor.Sidecar.Fleet;

internal static class FleetServices
{
    /// <summary>Reporting to a hub. Before the workers whose last work is to be reported, because workers stop in the reverse order.</summary>
    public static void AddFleet(this IServiceCollection services)
    {
        services.AddSingleton<HubCalls>();
        services.AddSingleton<HubMetrics>();
        services.AddSingleton<ModelReports>();
        services.AddSingleton<FleetReports>();
        services.AddSupervised<FleetReporter>();
    }
}
