using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Sidecar.Models;

/// <summary>
/// Accuracy of a model version since its first label, with bounds that may be watched. Since the version's start and not since the last promotion:
/// that changes the monitor, not the deployed model. For many callers.
/// </summary>
/// <remarks>
/// The exact sequence is two counts that a correction or retraction changes by a difference, however old; the store keeps them by triggers. The
/// asymptotic one reads the longest window, where late labels count while it lasts, and its closed windows are written as they close.
/// </remarks>
internal sealed class RunningAccuracy(TimeSpan longestWindow)
{
    private readonly Lock _gate = new();
    private readonly ClosedWindows _closed = new(longestWindow);
    private List<ClosedWindow> _last = [];
    private List<ClosedWindow> _unsaved = [];
    private long _labels;
    private long _right;

    public void Restore(StoredHistory history, DateTimeOffset now)
    {
        lock (_gate)
        {
            (_labels, _right) = (history.UniformLabels, history.UniformRight);
            _closed.Restore(history.ClosedWindows, now);
        }
    }

    /// <summary>Number of closed windows since the first label.</summary>
    public long ClosedWindows
    {
        get
        {
            lock (_gate)
            {
                return _closed.Sequence.Windows;
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
                return (_labels, _right);
            }
        }
    }

    /// <summary>Labels of the uniform sample, given (+) or taken back (−).</summary>
    public void Count(int labels, int right)
    {
        lock (_gate)
        {
            _labels += labels;
            _right += right;
        }
    }

    /// <param name="buckets">Of the longest window, oldest first.</param>
    /// <param name="now">The present.</param>
    public void Close(ReadOnlySpan<Bucket> buckets, DateTimeOffset now)
    {
        lock (_gate)
        {
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
            (asymptotic, labels, right) = (_closed.Sequence, _labels, _right);
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
