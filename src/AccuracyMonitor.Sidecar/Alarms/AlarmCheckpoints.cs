namespace AccuracyMonitor.Sidecar.Alarms;

/// <summary>
/// Copies of the alarms' evidence at earlier places of the label history. When a label is corrected, the alarms go back to the newest copy from
/// before that label and read the history from there, so evidence older than that is not forgotten. For one owner: not thread-safe.
/// </summary>
internal sealed class AlarmCheckpoints(AlarmCheckpointLimits limits)
{
    private readonly List<Checkpoint> _kept = [];
    private int _labels;

    /// <summary>Place of the oldest copy. Labels up to here can't be taken out any more: one that corrects them counts as a further label.</summary>
    public long Oldest => _kept[0].Sequence;

    public IEnumerable<AlarmEvidence> All => _kept.Select(c => c.Evidence);

    /// <summary>Forgets all copies and keeps one of this evidence at the start of a history.</summary>
    public void Restart(AlarmEvidence evidence)
    {
        _kept.Clear();
        Add(0, DateTimeOffset.MinValue, evidence);
    }

    /// <summary>Counts a label; keeps a copy when enough labels or time has passed since the last.</summary>
    /// <param name="label">The one observed last.</param>
    /// <param name="evidence">With it.</param>
    public void Observed(in AlarmLabel label, AlarmEvidence evidence)
    {
        var last = _kept[^1];
        if (last.At == DateTimeOffset.MinValue)
        {
            // Time runs from the first label.
            _kept[^1] = last with { At = label.LabelledAt };
        }

        if (++_labels >= limits.Labels || label.LabelledAt - _kept[^1].At >= limits.Time)
        {
            Add(label.Sequence, label.LabelledAt, evidence);
            if (_kept.Count > limits.Copies)
            {
                _kept.RemoveAt(0);
            }
        }
    }

    /// <summary>The newest copy from before a label, and its place. Newer copies, which count the label, are dropped.</summary>
    /// <param name="sequence">Of the label; more than <see cref="Oldest"/>.</param>
    public (long Sequence, AlarmEvidence Evidence) Before(long sequence)
    {
        _kept.RemoveAll(c => c.Sequence >= sequence);
        _labels = 0;
        return (_kept[^1].Sequence, _kept[^1].Evidence.Copy());
    }

    private void Add(long sequence, DateTimeOffset at, AlarmEvidence evidence)
    {
        _kept.Add(new Checkpoint(sequence, at, evidence.Copy()));
        _labels = 0;
    }

    private sealed record Checkpoint(long Sequence, DateTimeOffset At, AlarmEvidence Evidence);
}

/// <summary>How many copies of the evidence are kept, and how far apart.</summary>
/// <param name="Copies">At most; at least 1.</param>
/// <param name="Labels">Labels from one copy to the next, at most.</param>
/// <param name="Time">Time from one copy to the next, by the labels' own times, at most about.</param>
internal sealed record AlarmCheckpointLimits(int Copies, int Labels, TimeSpan Time)
{
    /// <summary>A corrected label is taken out if it is among the last 7,500 or given in about the last six days; at most 10,000 or eight days.</summary>
    public static AlarmCheckpointLimits Default { get; } = new(5, 2500, TimeSpan.FromDays(2));
}
