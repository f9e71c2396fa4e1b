using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Alarms;

/// <summary>
/// All alarms of one model version, for many callers. They follow the label history of the store: their state is a function of the labels up to
/// <see cref="Position"/>, in the order of the history, however the answers arrived. A label counts for the validity alarm only if the monitor under
/// test gave its score.
/// </summary>
internal sealed class ModelAlarms : IFollowsMonitor
{
    private static readonly Dictionary<SeriesKey, AlarmVerdict> NoVerdicts = [];

    private readonly AlarmOptions _settings;
    private readonly SubgroupObjectives _objectives;
    private readonly AlarmCheckpoints _checkpoints;
    private readonly Lock _gate = new();
    private AlarmEvidence _evidence;
    private LabelPosition _position;
    private string _monitorUnderTest;
    private long _testedSince;
    private AlarmVerdict _accuracyVerdict;
    private AlarmVerdict _validityVerdict;
    private IReadOnlyDictionary<SeriesKey, AlarmVerdict> _subgroupVerdicts = NoVerdicts;

    /// <param name="key">The deployed model.</param>
    /// <param name="settings">Objectives and levels.</param>
    /// <param name="monitorVersion">The monitor under test.</param>
    /// <param name="leastInclusionRatio">Least π as a share of its mean, (0,1].</param>
    /// <param name="checkpoints">How far back a correction is taken into account; null: the default.</param>
    public ModelAlarms(ModelKey key, AlarmOptions settings, string monitorVersion, double leastInclusionRatio, AlarmCheckpointLimits? checkpoints = null)
    {
        (Key, _settings) = (key, settings);
        _objectives = new SubgroupObjectives(settings);
        _checkpoints = new AlarmCheckpoints(checkpoints ?? AlarmCheckpointLimits.Default);
        _monitorUnderTest = monitorVersion;
        _evidence = new AlarmEvidence(
            new AccuracyAlarm(new AccuracyAlarmOptions
            {
                Objective = settings.Objective,
                Tolerance = settings.ObjectiveTolerance,
                AverageRunLength = settings.AverageRunLength,
                MinInclusionRatio = leastInclusionRatio,
            }),
            new ValidityAlarm(new ValidityAlarmOptions { Tolerance = settings.ValidityTolerance, Alpha = settings.ValidityAlpha }),
            new SubgroupAlarms(_objectives, settings.SubgroupLevel, leastInclusionRatio));
        _checkpoints.Restart(_evidence);
        _accuracyVerdict = _evidence.Accuracy;
        _validityVerdict = _evidence.Validity;
    }

    /// <summary>The deployed model.</summary>
    public ModelKey Key { get; }

    public AlarmVerdict Accuracy => Volatile.Read(ref _accuracyVerdict);

    public AlarmVerdict Validity => Volatile.Read(ref _validityVerdict);

    /// <summary>Of the segments and predicted classes that have an objective and a label.</summary>
    public IReadOnlyDictionary<SeriesKey, AlarmVerdict> Subgroups => Volatile.Read(ref _subgroupVerdicts);

    public bool ValidityFiring => Validity.Firing;

    /// <summary>The part of the label history that the alarms have counted.</summary>
    public LabelPosition Position
    {
        get
        {
            lock (_gate)
            {
                return _position;
            }
        }
    }

    /// <summary>The accuracy alarm of the whole or of a part.</summary>
    public AlarmVerdict AccuracyOf(SeriesKey series)
    {
        if (!series.IsSubgroup)
        {
            return Accuracy;
        }

        return Subgroups.TryGetValue(series, out var verdict)
            ? verdict
            : new AlarmVerdict(
                Firing: false, 0, double.PositiveInfinity, 0, _objectives.Of(series) is null ? "No accuracy objective is set for it." : "No label of it yet.");
    }

    /// <summary>The objective of the whole or of a part; null: none.</summary>
    public double? ObjectiveOf(SeriesKey series) => series.IsSubgroup ? _objectives.Of(series) : _settings.Objective;

    public void MonitorChanged(MonitorSnapshot monitor) => StartTestOf(monitor.Version);

    /// <summary>A promoted monitor starts a new test of itself: only labels given from now on count for it.</summary>
    public void StartTestOf(string monitorVersion)
    {
        lock (_gate)
        {
            (_monitorUnderTest, _testedSince) = (monitorVersion, _position.Seen);
            foreach (var evidence in _checkpoints.All.Append(_evidence))
            {
                evidence.RestartValidity();
            }

            Volatile.Write(ref _validityVerdict, _evidence.Validity);
        }
    }

    /// <summary>
    /// Counts a page of the label history, or goes back to before a label that has changed. The verdicts change when the history's end is reached, and
    /// not while it is being read.
    /// </summary>
    /// <param name="readFrom">The position that the page was read from.</param>
    /// <param name="page">What the store answered.</param>
    /// <param name="labels">The page's labels.</param>
    /// <returns>Is the end of the history reached? False also when another caller has moved the position meanwhile: then nothing is counted.</returns>
    public bool Take(LabelPosition readFrom, LabelHistoryPage page, IReadOnlyList<AlarmLabel> labels)
    {
        lock (_gate)
        {
            if (readFrom != _position)
            {
                return false;
            }

            if (page.Database != readFrom.Database)
            {
                // The old history is gone, its evidence is kept.
                _checkpoints.Restart(_evidence);
                _testedSince = 0;
                _position = new LabelPosition(page.Database, 0, 0, 0);
                return false;
            }

            if (page.Changed is { } changed)
            {
                (var sequence, _evidence) = _checkpoints.Before(changed);
                _position = readFrom with { After = sequence, Seen = page.Head };
                return false;
            }

            Observe(labels);
            _position = readFrom with
            {
                After = page.IsLast ? page.Head : labels[^1].Sequence,
                Seen = page.Head,
                Settled = _checkpoints.Oldest,
            };
            if (page.IsLast)
            {
                Publish();
            }

            return page.IsLast;
        }
    }

    private void Observe(IReadOnlyList<AlarmLabel> labels)
    {
        foreach (var label in labels)
        {
            var tests = label.Sequence > _testedSince && string.Equals(label.MonitorVersion, _monitorUnderTest, StringComparison.Ordinal);
            _evidence.Observe(Key, label, tests);
            _checkpoints.Observed(label, _evidence);
        }
    }

    private void Publish()
    {
        Volatile.Write(ref _accuracyVerdict, _evidence.Accuracy);
        Volatile.Write(ref _validityVerdict, _evidence.Validity);
        Volatile.Write(ref _subgroupVerdicts, _evidence.Subgroups());
    }
}
