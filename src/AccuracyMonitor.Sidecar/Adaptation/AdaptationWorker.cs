using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Monitors;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>Fits challengers in the background, one at a time, away from the scoring loop.</summary>
internal sealed class AdaptationWorker(
    AdaptationQueue queue, HeadRecalibration heads, NetworkFineTuning networks, FineTuner tuning, IOptions<AdaptationOptions> settings,
    WorkFailures failures, ILogger<AdaptationWorker> logger)
    : BackgroundService
{
    /// <summary>Of the fits.</summary>
    public WorkProgress Progress { get; } = new();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => RunAsync(stoppingToken), CancellationToken.None);

    /// <summary>Says what the settings and this machine leave of fine-tuning.</summary>
    internal void Announce()
    {
        if (settings.Value.FineTuneEvery == 0)
        {
            return;
        }

        if (tuning.NetworkObstacle is { } obstacle)
        {
            SidecarLog.TrainingUnavailable(logger, obstacle);
        }
        else if (tuning.FallsBack is { } reason)
        {
            SidecarLog.OnlyLastLayer(logger, reason);
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        Announce();
        try
        {
            await foreach (var (model, kind) in queue.ReadAllAsync(stop))
            {
                queue.Taken(model, kind);
                if (kind == PromotionKind.FineTuning && tuning.Obstacle(model.Monitor) is not null)
                {
                    model.Adaptation.NetworkTried();
                    continue;
                }

                string? error = null;
                Progress.Begin();
                try
                {
                    await (kind == PromotionKind.FineTuning ? networks.RunAsync(model, Actor.Sidecar, stop) : heads.RunAsync(model, Actor.Sidecar, stop));
                }
                catch (BusyException e)
                {
                    SidecarLog.WorkFailed(logger, $"Fitting a challenger for {model.Key}", e.Message);
                }
#pragma warning disable CA1031 // The champion stays; the next labels start another try.
                catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    error = $"fitting a challenger for {model.Key} failed: {e.Message}";
                    failures.Report("adaptation", $"Fitting a challenger for {model.Key}", e);
                }
                finally
                {
                    Progress.End(error);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Shutting down: labels are durable, so what was not fitted now is fitted after the next start.
        }
    }
}
