using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Sampling;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Estimates everything once, and publishes to metrics, watchers and the log. One run at a time.</summary>
internal sealed class EstimateRefresh(
    ModelRegistry registry,
    Estimator estimator,
    TransferredWindows transferred,
    VersionComparison comparison,
    LatestEstimates latest,
    AlarmUpdater alarms,
    AccuracyMonitorMetrics metrics,
    IOptions<EstimationSettings> settings,
    IOptions<SamplingSettings> sampling,
    TimeProvider time,
    ILogger<EstimateRefresh> logger)
{
    // A hundred classes cost about nine times the whole: each is estimated at every tenth refresh.
    private const int ClassRounds = 10;

    private readonly Dictionary<(string Series, string Alarm), bool> _firing = [];
    private readonly Dictionary<SeriesKey, PublishedEstimate[]> _classes = [];
    private int _round;

    public async Task RunAsync()
    {
        var now = time.GetUtcNow();
        _round++;
        List<PublishedEstimate> windows = [];
        List<PublishedRunning> running = [];
        foreach (var model in registry.Models)
        {
            await alarms.RunAsync(model, CancellationToken.None);
            await transferred.RefreshAsync(model, now);
            Estimate(model, now, windows);
            estimator.CloseWindows(model, now);
            running.AddRange(model.Running.Read(settings.Value.Alpha).Select(r => new PublishedRunning(model.Key, r)));
            model.Metrics.Known(model.ClassCount, sampling.Value.Budget);
            model.Metrics.State(model.Monitor, model.MonitorValid, model.Alarms.Accuracy, model.Alarms.Validity);
            Report("Validity", $"{model.Key}", model.Alarms.Validity);
        }

        var published = new PublishedEstimates(windows, running, [.. comparison.All(windows.Where(w => !w.Series.IsSubgroup))]);
        metrics.Refreshed.Publish(published);
        metrics.Estimated(now);
        latest.Publish(published);
    }

    private void Estimate(ModelState model, DateTimeOffset now, List<PublishedEstimate> all)
    {
        foreach (var series in model.AllSeries)
        {
            var windows = estimator.Estimate(model, series, now);
            foreach (var window in windows)
            {
                metrics.Window(series.Key, window.Window, window.Estimate);
            }

            Take(windows, all);
        }

        foreach (var series in model.Classes.All)
        {
            var due = (series.Key.PredictedClass!.Value + _round) % ClassRounds == 0;
            if (due || !_classes.TryGetValue(series.Key, out var windows) || windows[0].MonitorValid != model.MonitorValid)
            {
                windows = _classes[series.Key] = estimator.Estimate(model, series, now);
            }

            Take(windows, all);
        }
    }

    private void Take(PublishedEstimate[] windows, List<PublishedEstimate> all)
    {
        all.AddRange(windows);
        Report("Accuracy", $"{windows[0].Series}", windows[0].AccuracyAlarm);
    }

    private void Report(string alarm, string series, AlarmVerdict verdict)
    {
        var before = _firing.GetValueOrDefault((series, alarm));
        _firing[(series, alarm)] = verdict.Firing;
        if (verdict.Firing && !before)
        {
            SidecarLog.AlarmFired(logger, alarm, series, verdict.Reason);
        }
        else if (before && !verdict.Firing)
        {
            SidecarLog.AlarmOver(logger, alarm, series, verdict.Reason);
        }
    }
}
