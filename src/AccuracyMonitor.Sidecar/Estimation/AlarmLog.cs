using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Sidecar.Observability;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Logs when an alarm begins and ends. For one caller at a time.</summary>
internal sealed class AlarmLog(ILogger logger)
{
    private readonly Dictionary<(ModelKey Model, string Series, string Alarm), bool> _firing = [];

    public void Report(EstimatedModel estimated)
    {
        var model = estimated.Model.Key;
        foreach (var window in estimated.Windows.DistinctBy(w => w.Series))
        {
            Report("Accuracy", model, $"{window.Series}", window.AccuracyAlarm);
        }

        Report("Validity", model, $"{model}", estimated.Model.ValidityAlarm);
    }

    public void Forget(Func<ModelKey, bool> which)
    {
        foreach (var alarm in _firing.Keys.Where(k => which(k.Model)).ToArray())
        {
            _firing.Remove(alarm);
        }
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
