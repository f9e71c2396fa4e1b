using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Agreement;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Sampling;
using AccuracyMonitor.Sidecar.Truth;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Estimates everything once, and publishes to metrics, watchers and the log. One run at a time.</summary>
internal sealed class EstimateRefresh(
    ModelRegistry registry,
    Estimator estimator,
    RecalibratedWindows recalibrated,
    VersionComparison comparison,
    LatestEstimates latest,
    LatestRealized realized,
    AlarmUpdater alarms,
    RunningHistory running,
    EstimateMetrics metrics,
    InternalErrorCounter internalErrors,
    IOptions<EstimationOptions> settings,
    IOptions<SamplingOptions> sampling,
    IOptions<AlarmOptions> alarmSettings,
    TimeProvider time,
    ILogger<EstimateRefresh> logger)
{
    // A hundred classes cost about nine times the whole: each is estimated at every tenth refresh.
    private const int ClassRounds = 10;

    private readonly Dictionary<(ModelKey Model, string Series, string Alarm), bool> _firing = [];
    private readonly Dictionary<SeriesKey, PublishedEstimate[]> _classes = [];
    private int _round;

    /// <summary>Of the refreshes. Its error names the models that could not be estimated.</summary>
    public WorkProgress Progress { get; } = new();

    public async Task RunAsync()
    {
        Progress.Begin();
        string? error = "the refresh failed";
        try
        {
            error = await RefreshAsync();
        }
        finally
        {
            Progress.End(error);
        }
    }

    /// <returns>Which models could not be estimated, or null. The others are published.</returns>
    private async Task<string?> RefreshAsync()
    {
        var now = time.GetUtcNow();
        _round++;
        List<PublishedModel> models = [];
        List<PublishedEstimate> windows = [];
        List<PublishedRunning> ever = [];
        string? error = null;
        foreach (var model in registry.Models)
        {
            try
            {
                await alarms.RunAsync(model, CancellationToken.None);
                await recalibrated.RefreshAsync(model, now);
                List<PublishedEstimate> own = [];
                Estimate(model, now, own);
                await running.RefreshAsync(model, CancellationToken.None);
                estimator.CloseWindows(model, now);
                PublishedRunning[] ownRunning = [.. model.Running.Read(settings.Value.Alpha).Select(r => new PublishedRunning(model.Key, r))];
                models.Add(StateOf(model));
                windows.AddRange(own);
                ever.AddRange(ownRunning);
                Report("Validity", model.Key, $"{model.Key}", models[^1].ValidityAlarm);
            }
#pragma warning disable CA1031 // One model that can't be estimated must not keep the others from it; it is missing from what is published.
            catch (Exception e)
#pragma warning restore CA1031
            {
                error ??= $"{model.Key} could not be estimated: {e.Message}";
                internalErrors.Count("estimation");
                SidecarLog.EstimationFailed(logger, model.Key.ToString(), ErrorId.New(), e);
            }
        }

        var published = new PublishedEstimates
        {
            At = now,
            Models = models,
            Windows = windows,
            Running = ever,
            Differences = [.. comparison.All(windows.Where(w => !w.Series.IsSubgroup))],
            Realized = realized.All,
        };
        metrics.Publish(published);
        latest.Publish(published);
        ForgetRetired();
        return error;
    }

    private void ForgetRetired()
    {
        foreach (var series in _classes.Keys.Where(s => !registry.TryGet(s.ModelKey, out _)).ToArray())
        {
            _classes.Remove(series);
        }

        foreach (var alarm in _firing.Keys.Where(k => !registry.TryGet(k.Model, out _)).ToArray())
        {
            _firing.Remove(alarm);
        }
    }

    private PublishedModel StateOf(ModelState model)
    {
        var monitor = model.Monitor;
        return new PublishedModel(model.Key)
        {
            ClassCount = model.ClassCount,
            Budget = sampling.Value.Budget,
            Objective = alarmSettings.Value.Objective,
            MonitorValid = model.MonitorValid,
            MonitorVersion = monitor.Version,
            MonitorKind = monitor.Scorer.Kind,
            AccuracyAlarm = model.Alarms.Accuracy,
            ValidityAlarm = model.Alarms.Validity,
            LabelQuality = model.LabelQuality.Value,
        };
    }

    private void Estimate(ModelState model, DateTimeOffset now, List<PublishedEstimate> all)
    {
        foreach (var series in model.AllSeries)
        {
            var windows = estimator.Estimate(model, series, now);
            Take(windows, all);
            if (series == model.AllTraffic)
            {
                model.Part<EstimateHistory>().Add(now, windows[^1].Estimate);
            }
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
        Report("Accuracy", windows[0].Series.ModelKey, $"{windows[0].Series}", windows[0].AccuracyAlarm);
    }

    private void Report(string alarm, ModelKey model, string series, AlarmVerdict verdict)
    {
        var before = _firing.GetValueOrDefault((model, series, alarm));
        _firing[(model, series, alarm)] = verdict.Firing;
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
