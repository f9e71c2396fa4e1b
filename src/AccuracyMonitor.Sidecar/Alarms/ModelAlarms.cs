using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;

namespace AccuracyMonitor.Sidecar.Alarms;

/// <summary>Both alarms of one model version, for many callers. A label counts for the validity alarm only if the monitor under test gave its score.</summary>
internal sealed class ModelAlarms
{
    private static readonly Dictionary<SeriesKey, AlarmVerdict> NoVerdicts = [];

    private readonly AlarmSettings _settings;
    private readonly SubgroupObjectives _objectives;
    private readonly ModelKey _key;
    private readonly double _leastInclusionRatio;
    private readonly Lock _gate = new();
    private AccuracyAlarm _accuracy;
    private ValidityAlarm _validity;
    private SubgroupAlarms _subgroups;
    private string _monitorUnderTest;
    private AlarmVerdict _accuracyVerdict;
    private AlarmVerdict _validityVerdict;
    private IReadOnlyDictionary<SeriesKey, AlarmVerdict> _subgroupVerdicts = NoVerdicts;

    /// <param name="key">The deployed model.</param>
    /// <param name="settings">Objectives and levels.</param>
    /// <param name="monitorVersion">The monitor under test.</param>
    /// <param name="leastInclusionRatio">Least π as a share of its mean, (0,1].</param>
    public ModelAlarms(ModelKey key, AlarmSettings settings, string monitorVersion, double leastInclusionRatio)
    {
        (_key, _settings, _leastInclusionRatio) = (key, settings, leastInclusionRatio);
        _objectives = new SubgroupObjectives(settings);
        _monitorUnderTest = monitorVersion;
        (_accuracy, _validity, _subgroups) = Create();
        _accuracyVerdict = _accuracy.Verdict;
        _validityVerdict = _validity.Verdict;
    }

    public AlarmVerdict Accuracy => Volatile.Read(ref _accuracyVerdict);

    public AlarmVerdict Validity => Volatile.Read(ref _validityVerdict);

    /// <summary>Of the segments and predicted classes that have an objective and a label.</summary>
    public IReadOnlyDictionary<SeriesKey, AlarmVerdict> Subgroups => Volatile.Read(ref _subgroupVerdicts);

    /// <summary>The accuracy alarm of the whole or of a part.</summary>
    public AlarmVerdict AccuracyOf(SeriesKey series)
    {
        if (!series.IsSubgroup)
        {
            return Accuracy;
        }

        return Subgroups.TryGetValue(series, out var verdict)
            ? verdict
            : new AlarmVerdict(Firing: false, 0, double.PositiveInfinity, 0, _objectives.Of(series) is null ? "No accuracy objective is set for it." : "No label of it yet.");
    }

    /// <summary>The objective of the whole or of a part; null: none.</summary>
    public double? ObjectiveOf(SeriesKey series) => series.IsSubgroup ? _objectives.Of(series) : _settings.Objective;

    public bool ValidityFiring => Validity.Firing;

    /// <summary>Set when a correction or retraction makes what was observed wrong: the alarms are then rebuilt from the stored labels.</summary>
    public bool Stale { get; set; }

    public void Observe(in AlarmLabel label)
    {
        lock (_gate)
        {
            ObserveLocked(label);
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
    public void Replay(IEnumerable<AlarmLabel> labels)
    {
        lock (_gate)
        {
            Stale = false;
            (_accuracy, _validity, _subgroups) = Create();
            foreach (var label in labels)
            {
                ObserveLocked(label);
            }

            Publish();
        }
    }

    private void ObserveLocked(in AlarmLabel label)
    {
        _accuracy.Observe(label.Point);
        if (string.Equals(label.MonitorVersion, _monitorUnderTest, StringComparison.Ordinal))
        {
            _validity.Observe(label.Point);
        }

        if (label.Segment.Length > 0)
        {
            _subgroups.Observe(new SeriesKey(_key.Model, _key.Version, label.Segment), label.Point);
        }

        if (label.PredictedClass is not null)
        {
            _subgroups.Observe(new SeriesKey(_key.Model, _key.Version, "") { PredictedClass = label.PredictedClass }, label.Point);
        }
    }

    private (AccuracyAlarm, ValidityAlarm, SubgroupAlarms) Create() => (
        new AccuracyAlarm(new AccuracyAlarmOptions
        {
            Objective = _settings.Objective,
            Tolerance = _settings.ObjectiveTolerance,
            AverageRunLength = _settings.AverageRunLength,
            MinInclusionRatio = _leastInclusionRatio,
        }),
        new ValidityAlarm(new ValidityAlarmOptions { Tolerance = _settings.ValidityTolerance, Alpha = _settings.ValidityAlpha }),
        new SubgroupAlarms(_objectives, _settings.SubgroupLevel, _leastInclusionRatio));

    private void Publish()
    {
        Volatile.Write(ref _accuracyVerdict, _accuracy.Verdict);
        Volatile.Write(ref _validityVerdict, _validity.Verdict);
        Volatile.Write(ref _subgroupVerdicts, _subgroups.Verdicts());
    }
}
