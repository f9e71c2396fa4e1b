using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>
/// Accuracy of a model version since its first label, with bounds that may be watched. Since the version's start and not since the last promotion:
/// that changes the monitor, not the deployed model. For many callers.
/// </summary>
/// <remarks>
/// The exact sequence is two counts that the store keeps by triggers, so that a correction or retraction changes them however old it is; they are read
/// when a label has changed. The asymptotic one reads the longest window, where late labels count while it lasts, and its closed windows are written as
/// they close.
/// </remarks>
internal sealed class RunningAccuracy(TimeSpan longestWindow)
{
    private readonly Lock _gate = new();
    private readonly ClosedWindows _closed = new(longestWindow);
    private List<ClosedWindow> _last = [];
    private List<ClosedWindow> _unsaved = [];
    private UniformLabelCount _count;
    private UniformLabelCount _setAside;
    private long _changes = 1;
    private long _countedChanges;
    private bool _restored;

    /// <summary>Has been given what the store has of earlier times. Until then nothing is closed.</summary>
    public bool IsRestored
    {
        get
        {
            lock (_gate)
            {
                return _restored;
            }
        }
    }

    /// <summary>The first call counts.</summary>
    /// <param name="closed">Those of the store, oldest first.</param>
    /// <param name="now">The present.</param>
    public void Restore(IReadOnlyList<ClosedWindow> closed, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_restored)
            {
                _closed.Restore(closed, now);
                _restored = true;
            }
        }
    }

    /// <summary>Labels of the uniform sample, and those that say "right".</summary>
    public (long Labels, long Right) Uniform
    {
        get
        {
            lock (_gate)
            {
                return (_setAside.Labels + _count.Labels, _setAside.Correct + _count.Correct);
            }
        }
    }

    /// <summary>The store's counts have changed: a label of the uniform sample was given or taken back.</summary>
    public void CountsChanged()
    {
        lock (_gate)
        {
            _changes++;
        }
    }

    /// <summary>What <see cref="Count"/> is called with after the counts have been read; null: those that are known are the newest.</summary>
    public long? UncountedChange
    {
        get
        {
            lock (_gate)
            {
                return _changes == _countedChanges ? null : _changes;
            }
        }
    }

    /// <param name="change">From <see cref="UncountedChange"/>, before the counts were read.</param>
    /// <param name="count">Of the store. Those of a database that was set aside stay counted.</param>
    public void Count(long change, UniformLabelCount count)
    {
        lock (_gate)
        {
            if (change <= _countedChanges)
            {
                return;
            }

            if (count.Database != _count.Database)
            {
                _setAside = new UniformLabelCount(_setAside.Labels + _count.Labels, _setAside.Correct + _count.Correct);
            }

            (_count, _countedChanges) = (count, change);
        }
    }

    /// <param name="buckets">Of the longest window, oldest first.</param>
    /// <param name="now">The present.</param>
    public void Close(ReadOnlySpan<Bucket> buckets, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (!_restored)
            {
                return;
            }

            _closed.Update(buckets, now);
            if (_closed.Recent.Count > 0 && !_closed.Recent.SequenceEqual(_last))
            {
                _last = [.. _closed.Recent];
                _unsaved = [.. _unsaved.TakeWhile(w => w.Start < _last[0].Start), .. _last];
            }
        }
    }

    /// <summary>Closed windows that are not known to be stored; every one from the first of them on. To be written in the place of all that are
    /// stored from there on.</summary>
    public IReadOnlyList<ClosedWindow> Unsaved
    {
        get
        {
            lock (_gate)
            {
                return _unsaved;
            }
        }
    }

    /// <summary>The write of what <see cref="Unsaved"/> gave has succeeded. Windows that changed meanwhile stay unsaved.</summary>
    public void MarkSaved(IReadOnlyList<ClosedWindow> written)
    {
        lock (_gate)
        {
            var same = _unsaved.Zip(written).TakeWhile(p => p.First == p.Second).Count();
            if (same == _unsaved.Count && same < written.Count && same > 0)
            {
                // Windows at the end are no longer closed: writing again from the last that is takes them out of the store.
                same--;
            }

            _unsaved = [.. _unsaved.Skip(same)];
        }
    }

    /// <summary>What is known: nothing before the first label.</summary>
    public IEnumerable<RunningEstimate> Read(double alpha)
    {
        AsymptoticSequence asymptotic;
        long labels, right;
        lock (_gate)
        {
            (asymptotic, (labels, right)) = (_closed.Sequence, Uniform);
        }

        if (labels > 0)
        {
            yield return new RunningEstimate("beta_binomial", BetaBinomialSequence.Bounds(right, labels, alpha)) { Labels = labels };
        }

        if (asymptotic.Windows > 0)
        {
            yield return new RunningEstimate("asymptotic", asymptotic.Bounds(alpha))
            {
                LowerAlone = asymptotic.Lower(alpha),
                UpperAlone = asymptotic.Upper(alpha),
                Windows = asymptotic.Windows,
            };
        }
    }
}
