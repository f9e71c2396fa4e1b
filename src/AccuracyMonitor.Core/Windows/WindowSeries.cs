using System.Runtime.CompilerServices;

namespace AccuracyMonitor.Core.Windows;

/// <summary>
/// The windows of one (model, version, segment): one ring of buckets per window, of fixed size. Everything is put where the prediction's
/// own time belongs, however late it comes. The state is (bucketsPerWindow + 2) buckets of at most 512 bytes per window, for good: see
/// <see cref="StateBytes"/>. For one owner: not thread-safe.
/// </summary>
/// <remarks>
/// Every call takes the prediction's time and the present. A time is taken by a window's ring when its bucket lies between the oldest
/// bucket that touches the window and one bucket ahead of the present; a window with wider buckets may take what a narrower one no longer
/// does.
/// </remarks>
public sealed class WindowSeries
{
    private readonly BucketRing[] _rings;

    // Numbers the changes of the predictions of all rings. Up to _savedThrough nothing is left to save.
    private long _sequence;
    private long _savedThrough;

    /// <param name="windows">Lengths, at least one, distinct, each from one second to 366 days.</param>
    /// <param name="bucketsPerWindow">Resolution with which a window slides, 1…10,000.</param>
    /// <exception cref="ArgumentException">No window, or one given twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length or the resolution is out of range.</exception>
    public WindowSeries(IReadOnlyList<TimeSpan> windows, int bucketsPerWindow = 60)
    {
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
    }

    /// <summary>Most buckets <see cref="CopyWindow"/> can give.</summary>
    public int MaxBuckets { get; }

    /// <summary>Bytes held by the buckets of all rings: the same from the first prediction to the last.</summary>
    public long StateBytes => _rings.Sum(r => (long)r.SlotCount * BucketRing.SlotBytes);

    /// <summary>Counts a prediction.</summary>
    /// <returns>False: nothing was counted, since the time lies outside every ring or a value outside [0,1].</returns>
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

    /// <summary>Counts predictions of one <see cref="Stretch"/>, and requests among them, at once.</summary>
    /// <param name="time">Of any of them.</param>
    /// <param name="sums">Of points that are all <see cref="PredictionPoint.IsInRange"/>.</param>
    /// <param name="now">The present.</param>
    /// <returns>False: nothing was counted, since the time lies outside every ring.</returns>
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

    /// <summary>Would a prediction of this time be counted?</summary>
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

    /// <summary>The longest stretch of time around <paramref name="time"/> in which no window changes its bucket.</summary>
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
    /// <returns>False: the prediction's time lies outside every ring.</returns>
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

    /// <summary>Counts requests that ended without a label (+), or that got one after all (−).</summary>
    /// <returns>False: the prediction's time lies outside every ring.</returns>
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
    /// <returns>False: nothing was counted, since the time lies outside every ring, the score outside [0,1] or π outside (0,1].</returns>
    public bool AddLabel(DateTimeOffset time, in LabelPoint point, DateTimeOffset now) => ChangeLabel(time, point, now, add: true);

    /// <summary>Takes a label back; the point must be the one that was added. A correction is this and <see cref="AddLabel"/>.</summary>
    /// <returns>False: nothing was changed, for the reasons of <see cref="AddLabel"/>.</returns>
    public bool RemoveLabel(DateTimeOffset time, in LabelPoint point, DateTimeOffset now) => ChangeLabel(time, point, now, add: false);

    /// <summary>Copies the buckets that lie wholly or partly in (end − window, end] and hold anything, oldest first.</summary>
    /// <param name="windowIndex">Place of the window in the list given to the constructor.</param>
    /// <param name="end">End of the window, as a rule the present.</param>
    /// <param name="destination">At least <see cref="MaxBuckets"/> long.</param>
    /// <returns>Number of buckets copied.</returns>
    public int CopyWindow(int windowIndex, DateTimeOffset end, Span<Bucket> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxBuckets, nameof(destination));
        return _rings[windowIndex].Copy(end, destination);
    }

    /// <summary>
    /// Adds to <paramref name="into"/> every bucket whose predictions changed since they were last marked as saved. Nothing is marked by reading
    /// them: as long as no write has succeeded, every call gives them again.
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
    /// Marks a bucket as saved, after the write of this snapshot has succeeded; writes may end in any order. A bucket that changed since the
    /// snapshot was taken stays unsaved, and one whose place another bucket has taken since is left out.
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

    /// <summary>Marks every bucket as unsaved: for a store that lost what it had.</summary>
    public void MarkAllUnsaved()
    {
        _sequence++;
        foreach (var ring in _rings)
        {
            ring.MarkAllUnsaved(_sequence);
        }
    }

    /// <summary>
    /// Adds a stored bucket back, once, at start. <see cref="PredictionSums.Requested"/> is not taken from it: requests are durable one by
    /// one and are counted again with <see cref="AddRequest"/>, as labels are with <see cref="AddLabel"/>; a snapshot may be older than
    /// they.
    /// </summary>
    /// <returns>False: no window of that length and resolution, or the bucket is out of date.</returns>
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
