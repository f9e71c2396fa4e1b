using AccuracyMonitor.Sidecar.Observability;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

internal sealed class EstimateWorker(
    EstimateRefresh refresh, IOptions<EstimationOptions> settings, TimeProvider time, WorkFailures failures) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Value.RefreshInterval, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await refresh.RunAsync();
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The next refresh tries again; last_estimate_timestamp_seconds shows that this one failed.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failures.Report("estimation", "Estimating", e);
                await Task.Delay(settings.Value.RefreshInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
