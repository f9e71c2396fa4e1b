using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Intake;

namespace AccuracyMonitor.Sidecar.Estimation;

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

    /// <summary>Closed windows that the store does not have yet; every one from the first of them on.</summary>
    public IReadOnlyList<ClosedWindow> TakeUnsaved()
    {
        lock (_gate)
        {
            var taken = _unsaved;
            _unsaved = [];
            return taken;
        }
    }

    /// <summary>They could not be written: the next time.</summary>
    public void GiveBack(IReadOnlyList<ClosedWindow> windows)
    {
        lock (_gate)
        {
            _unsaved = [.. windows.TakeWhile(w => _unsaved.Count == 0 || w.Start < _unsaved[0].Start), .. _unsaved];
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
