using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Sidecar.Alarms;

/// <summary>
/// The alarms of a model version's segments and predicted classes, compared with one another by e-BH. As many as there are series with an
/// objective and a label. For one owner: not thread-safe.
/// </summary>
internal sealed class SubgroupAlarms(SubgroupObjectives objectives, double level, double leastInclusionRatio)
{
    private Dictionary<SeriesKey, SubgroupAlarm> _alarms = [];

    /// <param name="series">A segment or a predicted class.</param>
    /// <param name="point">A label of it.</param>
    public void Observe(SeriesKey series, in LabelPoint point)
    {
        if (!_alarms.TryGetValue(series, out var alarm))
        {
            if (objectives.Of(series) is not { } objective)
            {
                return;
            }

            alarm = _alarms[series] = new SubgroupAlarm(objective, leastInclusionRatio);
        }

        alarm.Observe(point);
    }

    public IReadOnlyDictionary<SeriesKey, AlarmVerdict> Verdicts()
    {
        var threshold = EBenjaminiHochberg.LogThreshold([.. _alarms.Values.Select(a => a.LogEvidence)], level);
        return _alarms.ToDictionary(a => a.Key, a => a.Value.Verdict(threshold, _alarms.Count));
    }

    /// <summary>Observes independently of this one from now on.</summary>
    public SubgroupAlarms Copy()
    {
        var copy = (SubgroupAlarms)MemberwiseClone();
        copy._alarms = _alarms.ToDictionary(a => a.Key, a => a.Value.Copy());
        return copy;
    }
}
