using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;

namespace AccuracyMonitor.Sidecar.Alarms;

/// <summary>What all alarms of one model version have gathered from a stretch of the label history. For one owner: not thread-safe.</summary>
internal sealed class AlarmEvidence(AccuracyAlarm accuracy, ValidityAlarm validity, SubgroupAlarms subgroups)
{
    public AlarmVerdict Accuracy => accuracy.Verdict;

    public AlarmVerdict Validity => validity.Verdict;

    public IReadOnlyDictionary<SeriesKey, AlarmVerdict> Subgroups() => subgroups.Verdicts();

    /// <param name="key">The deployed model.</param>
    /// <param name="label">The next in the history.</param>
    /// <param name="testsMonitor">Does it count for the validity alarm?</param>
    public void Observe(ModelKey key, in AlarmLabel label, bool testsMonitor)
    {
        accuracy.Observe(label.Point);
        if (testsMonitor)
        {
            validity.Observe(label.Point);
        }

        if (label.Segment.Length > 0)
        {
            subgroups.Observe(new SeriesKey(key.Model, key.Version, label.Segment), label.Point);
        }

        if (label.PredictedClass is not null)
        {
            subgroups.Observe(new SeriesKey(key.Model, key.Version, "") { PredictedClass = label.PredictedClass }, label.Point);
        }
    }

    /// <summary>Begins the test of another monitor.</summary>
    public void RestartValidity() => validity.Restart();

    public AlarmEvidence Copy() => new(accuracy.Copy(), validity.Copy(), subgroups.Copy());
}
