namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>
/// How long the oldest pending change has waited, by the monotonic clock: change numbers are noted with the time at which they were the last ones. An
/// upper bound, exact to a fiftieth of the longest wait. What waited before this process began is as old as the process.
/// </summary>
internal sealed class PendingAge(TimeProvider time)
{
    private const int MaxNotes = 128;

    private readonly List<(long Change, long At)> _notes = [(0, time.GetTimestamp())];
    private TimeSpan _distance;

    /// <param name="oldest">The lowest pending change number; 0: nothing is pending.</param>
    /// <param name="last">The last change number given.</param>
    public TimeSpan Read(long oldest, long last)
    {
        var before = Math.Max(0, _notes.FindLastIndex(n => n.Change < oldest));
        var age = oldest == 0 ? TimeSpan.Zero : time.GetElapsedTime(_notes[before].At);
        if (oldest == 0)
        {
            _notes.Clear();
            _distance = TimeSpan.Zero;
        }
        else
        {
            _notes.RemoveRange(0, before);
        }

        if (_notes.Count == 0 || (_notes[^1].Change < last && time.GetElapsedTime(_notes[^1].At) >= _distance))
        {
            _notes.Add((last, time.GetTimestamp()));
        }

        if (_notes.Count > MaxNotes)
        {
            Thin();
        }

        return age;
    }

    /// <summary>Keeps every second note, and from now on takes as few: the ages stay upper bounds.</summary>
    private void Thin()
    {
        var kept = _notes.Where(static (_, i) => i % 2 == 0).ToList();
        _notes.Clear();
        _notes.AddRange(kept);
        _distance = time.GetElapsedTime(kept[0].At, kept[^1].At) / kept.Count;
    }
}
