using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>An alarm that began to fire.</summary>
/// <param name="Alarm">"accuracy" or "validity".</param>
/// <param name="ConditionIndex">Position in the stream of the condition in which it did, from 0.</param>
/// <param name="Condition">Its name.</param>
/// <param name="At">Seconds since the stream began; as seen once a second.</param>
/// <param name="Seconds">Since the stretch began.</param>
/// <param name="Predictions">Sent since the stretch began.</param>
/// <param name="Labels">Given since the stretch began.</param>
/// <param name="Ended">Seconds since the stream began at which it fired no longer; null: it still did.</param>
/// <param name="Reason">The sidecar's.</param>
internal sealed record AlarmEvent(
    string Alarm, int ConditionIndex, string Condition, double At, double Seconds, long Predictions, long Labels, double? Ended, string Reason)
{
    /// <param name="points">In order of time.</param>
    /// <param name="starts">Of each stretch that a point is in.</param>
    public static IReadOnlyList<AlarmEvent> Of(IReadOnlyList<RunPoint> points, IReadOnlyList<ConditionStart> starts) =>
        [.. Of("accuracy", points, starts, p => p.AccuracyAlarm).Concat(Of("validity", points, starts, p => p.ValidityAlarm)).OrderBy(e => e.At)];

    private static IEnumerable<AlarmEvent> Of(
        string name, IReadOnlyList<RunPoint> points, IReadOnlyList<ConditionStart> starts, Func<RunPoint, AlarmState> alarm)
    {
        AlarmEvent? firing = null;
        foreach (var point in points.Where(p => p.ConditionIndex < starts.Count))
        {
            var state = alarm(point);
            if (firing is null && state.Firing)
            {
                var start = starts[point.ConditionIndex];
                firing = new AlarmEvent(
                    name, point.ConditionIndex, point.Condition, point.At.TotalSeconds, (point.At - start.At).TotalSeconds, point.Position - start.Predictions,
                    point.Answered - start.Labels, null, state.Reason);
            }
            else if (firing is not null && !state.Firing)
            {
                yield return firing with { Ended = point.At.TotalSeconds };
                firing = null;
            }
        }

        if (firing is not null)
        {
            yield return firing;
        }
    }
}
