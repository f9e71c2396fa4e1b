using System.Runtime.CompilerServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// The windows of one (model, version, segment): one ring of buckets of fixed size per window. Everything is counted at the time of the
/// prediction, however late it arrives. The size is constant: (bucketsPerWindow + 2) buckets of at most 512 bytes per window, see <see
/// cref="StateBytes"/>. Not thread-safe: use one owner.
/// </summary>
/// <remarks>
/// Every call takes the prediction's time and the current time. A window's ring accepts a time whose bucket lies between the oldest bucket
/// that overlaps the window and one bucket after the current one. A window with wider buckets may accept a time that one with narrower
/// buckets rejects.
/// </remarks>
public sealed class WindowSeries
{
    private readonly BucketRing[] _rings;

    // Sequence number of the last change of predictions in any ring. Changes up to _savedThrough are saved.
    private long _sequence;
    private long _savedThrough;

    /// <param name="windows">Lengths, at least one, distinct, each from one second to 366 days.</param>
    /// <param name="bucketsPerWindow">Resolution with which a window slides, 1…10,000.</param>
    /// <param name="after"><see cref="LastSequence"/> of an earlier series of the same name in this process; 0: there was none.</param>
    /// <exception cref="ArgumentException">There is no window, or one is given twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length or the resolution is out of range.</exception>
    public WindowSeries(IReadOnlyList<TimeSpan> windows, int bucketsPerWindow = 60, long after = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentOutOfRangeException.ThrowIfLessThan(bucketsPerWindow, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bucketsPerWindow, 10_000);
        if (windows.Count == 0 || windows.Distinct().Count() != windows.Count)
        {
            throw new ArgumentException("Give at least one window, and each length once.", nameof(windows));
        }

        _rings = new BucketRing[windows.Count];
        for (var i = 0; i < windows.Count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(windows[i], TimeSpan.FromSeconds(1), nameof(windows));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(windows[i], TimeSpan.FromDays(366), nameof(windows));
            _rings[i] = new BucketRing(windows[i], bucketsPerWindow);
        }

        MaxBuckets = bucketsPerWindow + 1;
        (_sequence, _savedThrough) = (after, after);
    }

    /// <summary>Maximum number of buckets that <see cref="CopyWindow"/> returns.</summary>
    public int MaxBuckets { get; }

    /// <summary>Bytes used by the buckets of all rings; constant.</summary>
    public long StateBytes => _rings.Sum(r => (long)r.SlotCount * BucketRing.SlotBytes);

    /// <summary>The highest <see cref="BucketSnapshot.Sequence"/> so far. A series that takes the place of this one must go on from here: a store takes
    /// lower numbers for earlier snapshots.</summary>
    public long LastSequence => _sequence;

    /// <summary>Whether predictions have been counted since the last snapshot that was marked as saved.</summary>
    public bool HasUnsaved => _savedThrough != _sequence && _rings.Any(r => r.HasUnsaved);

    /// <summary>Width of the buckets of a window.</summary>
    public static TimeSpan BucketWidth(TimeSpan window, int bucketsPerWindow) => new BucketScale(window, bucketsPerWindow).Width;

    /// <summary>Counts a prediction.</summary>
    /// <returns>False if nothing was counted, because the time is outside every ring or a value is outside [0,1].</returns>
    public bool AddPrediction(DateTimeOffset time, in PredictionPoint point, DateTimeOffset now)
    {
        if (!point.IsInRange)
        {
            return false;
        }

        var sums = default(PredictionSums);
        sums.Add(point);
        return AddPredictions(time, sums, now);
    }

    /// <summary>Counts several predictions of one <see cref="Stretch"/>, and the requests among them.</summary>
    /// <param name="time">Time of any of them.</param>
    /// <param name="sums">Sums of points that are all <see cref="PredictionPoint.IsInRange"/>.</param>
    /// <param name="now">Current time.</param>
    /// <returns>False if nothing was counted, because the time is outside every ring.</returns>
    public bool AddPredictions(DateTimeOffset time, in PredictionSums sums, DateTimeOffset now)
    {
        var taken = false;
        _sequence++;
        foreach (var ring in _rings)
        {
            ref var slot = ref ring.Locate(time, now);
            if (!Unsafe.IsNullRef(ref slot))
            {
                slot.Predictions.Merge(sums);
                slot.Changed = _sequence;
                taken = true;
            }
        }

        return taken;
    }

    /// <summary>Whether a prediction of this time would be counted.</summary>
    public bool Takes(DateTimeOffset time, DateTimeOffset now)
    {
        foreach (var ring in _rings)
        {
            if (ring.IsLive(time, now))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The longest interval around <paramref name="time"/> within which no window changes its bucket.</summary>
    public TimeStretch Stretch(DateTimeOffset time)
    {
        var (from, until) = _rings[0].StretchOf(time);
        foreach (var ring in _rings.AsSpan(1))
        {
            var (f, u) = ring.StretchOf(time);
            (from, until) = (Math.Max(from, f), Math.Min(until, u));
        }

        return new TimeStretch(from, until);
    }

    /// <summary>Counts a label request made with a positive inclusion probability.</summary>
    /// <returns>False if the prediction's time lies outside every ring.</returns>
    public bool AddRequest(DateTimeOffset time, DateTimeOffset now)
    {
        var taken = false;
        foreach (var ring in _rings)
        {
            ref var slot = ref ring.Locate(time, now);
            if (!Unsafe.IsNullRef(ref slot))
            {
                slot.Predictions.Requested++;
                taken = true;
            }
        }

        return taken;
    }

    /// <summary>Counts requests that ended without a label (positive), or that got a label after all (negative).</summary>
    /// <returns>False if the prediction's time lies outside every ring.</returns>
    public bool AddUnanswered(DateTimeOffset time, int delta, DateTimeOffset now)
    {
        var taken = false;
        foreach (var ring in _rings)
        {
            ref var slot = ref ring.Locate(time, now);
            if (!Unsafe.IsNullRef(ref slot))
            {
                slot.Labels.Unanswered += delta;
                taken = true;
            }
        }

        return taken;
    }

    /// <summary>Counts a label for a prediction made at <paramref name="time"/>.</summary>
    /// <returns>False if nothing was counted, because the time is outside every ring, the score outside [0,1] or π outside (0,1].</returns>
    public bool AddLabel(DateTimeOffset time, in LabelPoint point, DateTimeOffset now) => ChangeLabel(time, point, now, add: true);

    /// <summary>Removes a label; the point must be the one that was added. To correct a label, remove it and call <see
    /// cref="AddLabel"/>.</summary>
    /// <returns>False if nothing was changed, for the reasons of <see cref="AddLabel"/>.</returns>
    public bool RemoveLabel(DateTimeOffset time, in LabelPoint point, DateTimeOffset now) => ChangeLabel(time, point, now, add: false);

    /// <summary>Copies the non-empty buckets that overlap (end − window, end], oldest first.</summary>
    /// <param name="windowIndex">Index of the window in the list given to the constructor.</param>
    /// <param name="end">End of the window, usually the current time.</param>
    /// <param name="destination">At least <see cref="MaxBuckets"/> long.</param>
    /// <returns>Number of buckets copied.</returns>
    public int CopyWindow(int windowIndex, DateTimeOffset end, Span<Bucket> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxBuckets, nameof(destination));
        return _rings[windowIndex].Copy(end, destination);
    }

    /// <summary>
    /// Adds to <paramref name="into"/> every bucket whose predictions changed since it was last marked as saved. Reading marks nothing:
    /// until a write has succeeded, every call returns the bucket again.
    /// </summary>
    public void CopyUnsaved(List<BucketSnapshot> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        if (_savedThrough == _sequence)
        {
            return;
        }

        var before = into.Count;
        foreach (var ring in _rings)
        {
            ring.CopyUnsaved(into);
        }

        if (into.Count == before)
        {
            _savedThrough = _sequence;
        }
    }

    /// <summary>
    /// Marks a bucket as saved after the write of this snapshot has succeeded. Writes may finish in any order. A bucket that changed after
    /// the snapshot stays unsaved; a slot that holds another bucket by now is skipped.
    /// </summary>
    public void MarkSaved(in BucketSnapshot snapshot)
    {
        foreach (var ring in _rings)
        {
            if (ring.Window == snapshot.Window)
            {
                ring.MarkSaved(snapshot);
            }
        }
    }

    /// <summary>Marks every bucket as unsaved; call this when the store has lost its data.</summary>
    public void MarkAllUnsaved()
    {
        _sequence++;
        foreach (var ring in _rings)
        {
            ring.MarkAllUnsaved(_sequence);
        }
    }

    /// <summary>
    /// Restores a stored bucket at start-up; call once per bucket. <see cref="PredictionSums.Requested"/> is not restored from it: requests
    /// are durable one by one and are counted again with <see cref="AddRequest"/>, as labels are with <see cref="AddLabel"/>. They may be
    /// newer than the snapshot.
    /// </summary>
    /// <returns>False if there is no window of that length and resolution, or the bucket is out of date.</returns>
    public bool Restore(in BucketSnapshot snapshot, DateTimeOffset now)
    {
        foreach (var ring in _rings)
        {
            if (ring.Window != snapshot.Window || !ring.IsAligned(snapshot.Start))
            {
                continue;
            }

            ref var slot = ref ring.Locate(snapshot.Start, now);
            if (Unsafe.IsNullRef(ref slot))
            {
                return false;
            }

            var sums = snapshot.Sums;
            sums.Requested = 0;
            slot.Predictions.Merge(sums);
            return true;
        }

        return false;
    }

    private bool ChangeLabel(DateTimeOffset time, in LabelPoint point, DateTimeOffset now, bool add)
    {
        if (!(point.Score is >= 0 and <= 1 && point.InclusionProbability is > 0 and <= 1))
        {
            return false;
        }

        var taken = false;
        foreach (var ring in _rings)
        {
            ref var slot = ref ring.Locate(time, now);
            if (Unsafe.IsNullRef(ref slot))
            {
                continue;
            }

            taken = true;
            if (add)
            {
                slot.Labels.Add(point);
            }
            else
            {
                slot.Labels.Remove(point);
            }
        }

        return taken;
    }
}
