using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Sidecar.Alarms;

/// <summary>Both alarms of one model version, for many callers. A label counts for the validity alarm only if the monitor under test gave its score.</summary>
internal sealed class ModelAlarms
{
    private readonly AlarmSettings _settings;
    private readonly Lock _gate = new();
    private AccuracyAlarm _accuracy;
    private ValidityAlarm _validity;
    private string _monitorUnderTest;
    private AlarmVerdict _accuracyVerdict;
    private AlarmVerdict _validityVerdict;

    public ModelAlarms(AlarmSettings settings, string monitorVersion)
    {
        _settings = settings;
        _monitorUnderTest = monitorVersion;
        (_accuracy, _validity) = Create();
        _accuracyVerdict = _accuracy.Verdict;
        _validityVerdict = _validity.Verdict;
    }

    public AlarmVerdict Accuracy => Volatile.Read(ref _accuracyVerdict);

    public AlarmVerdict Validity => Volatile.Read(ref _validityVerdict);

    public bool ValidityFiring => Validity.Firing;

    /// <summary>Set when a correction or retraction makes what was observed wrong: the alarms are then rebuilt from the stored labels.</summary>
    public bool Stale { get; set; }

    public void Observe(in LabelPoint point, string monitorVersion)
    {
        lock (_gate)
        {
            ObserveLocked(point, monitorVersion);
            Publish();
        }
    }

    /// <summary>A promoted monitor starts a new test of itself.</summary>
    public void StartTestOf(string monitorVersion)
    {
        lock (_gate)
        {
            _monitorUnderTest = monitorVersion;
            _validity.Restart();
            Publish();
        }
    }

    /// <summary>Starts over with labels in the order they came.</summary>
    public void Replay(IEnumerable<(LabelPoint Point, string MonitorVersion)> labels)
    {
        lock (_gate)
        {
            Stale = false;
            (_accuracy, _validity) = Create();
            foreach (var (point, monitorVersion) in labels)
            {
                ObserveLocked(point, monitorVersion);
            }

            Publish();
        }
    }

    private void ObserveLocked(in LabelPoint point, string monitorVersion)
    {
        _accuracy.Observe(point);
        if (string.Equals(monitorVersion, _monitorUnderTest, StringComparison.Ordinal))
        {
            _validity.Observe(point);
        }
    }

    private (AccuracyAlarm, ValidityAlarm) Create() => (
        new AccuracyAlarm(new AccuracyAlarmOptions
        {
            Objective = _settings.Objective,
            Tolerance = _settings.ObjectiveTolerance,
            AverageRunLength = _settings.AverageRunLength,
        }),
        new ValidityAlarm(new ValidityAlarmOptions { Tolerance = _settings.ValidityTolerance, Alpha = _settings.ValidityAlpha }));

    private void Publish()
    {
        Volatile.Write(ref _accuracyVerdict, _accuracy.Verdict);
        Volatile.Write(ref _validityVerdict, _validity.Verdict);
    }
}
