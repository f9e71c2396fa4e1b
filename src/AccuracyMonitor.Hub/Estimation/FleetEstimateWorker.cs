using AccuracyMonitor.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccuracyMonitor.Hub.Estimation;

/// <summary>Makes the estimates again at an interval. Every replica does: they hold no state, and one scrape of either has all.</summary>
internal sealed class FleetEstimateWorker(
    FleetEstimates estimates, LatestFleet latest, FleetGauges gauges, IOptions<EstimationOptions> settings, TimeProvider time,
    ILogger<FleetEstimateWorker> logger) : BackgroundService
{
    public WorkProgress Progress { get; } = new();

    public async Task RunAsync(CancellationToken cancel)
    {
        Progress.Begin();
        string? error = "the estimates were not made";
        try
        {
            var fleet = await estimates.EstimateAsync(time.GetUtcNow(), cancel);
            latest.Publish(fleet);
            gauges.Publish(fleet);
            error = null;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            error = e.Message;
            HubLog.WorkFailed(logger, "Estimating", e.Message, exception: null);
        }
        finally
        {
            Progress.End(error);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Value.RefreshInterval, time);
        do
        {
            await RunAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
