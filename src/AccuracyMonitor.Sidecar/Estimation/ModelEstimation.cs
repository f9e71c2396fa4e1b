using AccuracyMonitor.Core;
using AccuracyMonitor.Sidecar.Agreement;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Sampling;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Estimates one model version: its alarms, every window of every series, and its running accuracy. For one caller at a time.</summary>
internal sealed class ModelEstimation(
    Estimator estimator,
    RecalibratedWindows recalibrated,
    AlarmUpdater alarms,
    RunningHistory running,
    IOptions<EstimationOptions> settings,
    IOptions<SamplingOptions> sampling,
    IOptions<AlarmOptions> alarmSettings)
{
    // A hundred classes cost about nine times the whole: each is estimated at every tenth refresh.
    private const int ClassRounds = 10;

    private readonly Dictionary<SeriesKey, PublishedEstimate[]> _classes = [];
    private int _round;

    /// <summary>Called once before the model versions of a refresh are estimated.</summary>
    public void BeginRound() => _round++;

    public async Task<EstimatedModel> EstimateAsync(ModelState model, DateTimeOffset now)
    {
        await alarms.RunAsync(model, CancellationToken.None);
        await recalibrated.RefreshAsync(model, now);
        var windows = Estimate(model, now);
        await running.RefreshAsync(model, CancellationToken.None);
        estimator.CloseWindows(model, now);
        return new EstimatedModel(StateOf(model), windows, [.. model.Running.Read(settings.Value.Alpha).Select(r => new PublishedRunning(model.Key, r))]);
    }

    /// <summary>Drops the estimates that are kept of some model versions.</summary>
    public void Forget(Func<ModelKey, bool> which)
    {
        foreach (var series in _classes.Keys.Where(s => which(s.ModelKey)).ToArray())
        {
            _classes.Remove(series);
        }

        recalibrated.ForgetRetired();
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

    private List<PublishedEstimate> Estimate(ModelState model, DateTimeOffset now)
    {
        List<PublishedEstimate> all = [];
        foreach (var series in model.AllSeries)
        {
            var windows = estimator.Estimate(model, series, now);
            all.AddRange(windows);
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

            all.AddRange(windows);
        }

        return all;
    }
}
