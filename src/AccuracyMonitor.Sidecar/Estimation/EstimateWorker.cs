using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Sampling;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Estimates every window of every series at an interval, and publishes to metrics, watchers and the log.</summary>
internal sealed class EstimateWorker(
    ModelRegistry registry,
    Estimator estimator,
    EstimateBoard board,
    AlarmReplay replay,
    AccuracyMonitorMetrics metrics,
    IOptions<EstimationSettings> settings,
    IOptions<SamplingSettings> sampling,
    TimeProvider time,
    ILogger<EstimateWorker> logger) : BackgroundService
{
    private readonly Dictionary<(string Model, string Alarm), bool> _firing = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Value.RefreshInterval, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync();
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // The next refresh tries again; last_estimate_timestamp_seconds shows that this one failed.
            catch (Exception e)
#pragma warning restore CA1031
            {
                SidecarLog.BackgroundWorkFailed(logger, "Estimating", e.Message);
                await Task.Delay(settings.Value.RefreshInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RefreshAsync()
    {
        var now = time.GetUtcNow();
        List<PublishedEstimate> all = [];
        foreach (var model in registry.Models)
        {
            if (model.Alarms.Stale)
            {
                await replay.RunAsync(model);
            }

            foreach (var series in model.AllSeries)
            {
                for (var window = 0; window < estimator.Windows.Length; window++)
                {
                    var published = estimator.Estimate(model, series, window, now);
                    metrics.Window(series.Key, published.Window, published.Estimate);
                    all.Add(published);
                }
            }

            model.Metrics.Known(model.ClassCount, sampling.Value.Budget);
            model.Metrics.State(model.Monitor, model.MonitorValid, model.Alarms.Accuracy, model.Alarms.Validity);
            Report("Accuracy", model, model.Alarms.Accuracy);
            Report("Validity", model, model.Alarms.Validity);
        }

        metrics.Estimated(now);
        board.Publish(all);
    }

    private void Report(string alarm, ModelState model, AlarmVerdict verdict)
    {
        var key = (model.Key.ToString(), alarm);
        var before = _firing.GetValueOrDefault(key);
        _firing[key] = verdict.Firing;
        if (verdict.Firing && !before)
        {
            SidecarLog.AlarmFired(logger, alarm, key.Item1, verdict.Reason);
        }
        else if (before && !verdict.Firing)
        {
            SidecarLog.AlarmOver(logger, alarm, key.Item1, verdict.Reason);
        }
    }
}

/// <summary>Rebuilds a model's alarms from the stored labels, in the order they came.</summary>
internal sealed class AlarmReplay(MonitorStore store, TimeProvider time)
{
    private const int MaxLabels = 5000;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public async Task RunAsync(ModelState model)
    {
        // 64 MiB of vectors at most, however many classes there are.
        var limit = Math.Clamp((16 << 20) / model.ClassCount, 100, MaxLabels);
        var labels = await store.LabelledRequestsAsync(model.Key, time.GetUtcNow() - Longest, limit);
        model.Alarms.Replay(labels
            .Where(l => l.Request.IsProbabilitySample)
            .Select(l => (
                new LabelPoint(l.Request.Score, l.Request.InclusionProbability, l.Label == l.Request.PredictedClass), l.Request.MonitorVersion)));
    }
}
