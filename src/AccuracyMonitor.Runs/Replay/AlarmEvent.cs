using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs.Replay;

/// <summary>An alarm that began to fire.</summary>
internal sealed record AlarmEvent
{
    /// <summary>"accuracy" or "validity".</summary>
    public required string Alarm { get; init; }

    /// <summary>Position in the stream of the condition in which the alarm began to fire, from 0.</summary>
    public required int ConditionIndex { get; init; }

    /// <summary>Name of that condition.</summary>
    public required string Condition { get; init; }

    /// <summary>Seconds from the start of the stream to the alarm, read once a second.</summary>
    public required double At { get; init; }

    /// <summary>Seconds from the start of the condition to the alarm.</summary>
    public required double Seconds { get; init; }

    /// <summary>Predictions sent from the start of the condition to the alarm.</summary>
    public required long Predictions { get; init; }

    /// <summary>Labels given from the start of the condition to the alarm.</summary>
    public required long Labels { get; init; }

    /// <summary>Seconds from the start of the stream to the end of the alarm; null: it still fires.</summary>
    public required double? Ended { get; init; }

    /// <summary>The reason that the sidecar gave.</summary>
    public required string Reason { get; init; }

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
                firing = new AlarmEvent
                {
                    Alarm = name,
                    ConditionIndex = point.ConditionIndex,
                    Condition = point.Condition,
                    At = point.At.TotalSeconds,
                    Seconds = (point.At - start.At).TotalSeconds,
                    Predictions = point.Position - start.Predictions,
                    Labels = point.Answered - start.Labels,
                    Ended = null,
                    Reason = state.Reason,
                };
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
