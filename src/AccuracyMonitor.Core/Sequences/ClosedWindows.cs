using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;
using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Sequences;

/// <summary>
/// Divides the time of a model version into consecutive windows and keeps the running mean of their audited accuracies. A window closes
/// when it has ended, every request in it is answered or expired, and it has <see cref="MinLabels"/> labels. Until then it is merged with
/// the time after it. Not thread-safe: use one owner.
/// </summary>
/// <remarks>
/// Input is the buckets of a sliding window. While the buckets of a closed window are in the sliding window, late and corrected labels
/// still change its estimate. When they leave, the estimate becomes final; a bucket that leaves counts as closed even with open requests.
/// The end of a window depends on the number of labels, never on what they say.
/// </remarks>
public sealed class ClosedWindows
{
    /// <summary>With fewer labels an estimate is not close enough to normal for the asymptotic sequence (Waudby-Smith and others 2024).</summary>
    public const int MinLabels = 50;

    internal const double IntervalAlpha = 0.05;

    private readonly TimeSpan _window;
    private readonly List<ClosedWindow> _closed = [];
    private readonly List<Bucket> _open = [];
    private AsymptoticSequence _final;
    private DateTimeOffset _boundary = DateTimeOffset.MinValue;
    private Bucket? _carried;

    /// <param name="window">Length of the sliding window that is passed to <see cref="Update"/>, positive.</param>
    public ClosedWindows(TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        _window = window;
    }

    /// <summary>All closed windows since the beginning.</summary>
    public AsymptoticSequence Sequence { get; private set; }

    /// <summary>Windows of the last <see cref="Update"/> that may still change, and those that it made final; oldest first.</summary>
    public IReadOnlyList<ClosedWindow> Recent => _closed;

    /// <summary>Restores windows that were closed before a restart, oldest first. Windows still inside the sliding window are
    /// skipped.</summary>
    public void Restore(IEnumerable<ClosedWindow> windows, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(windows);
        foreach (var window in windows.Where(w => w.Start < now - _window && w.Start >= _boundary))
        {
            _final = _final.Add(window.Accuracy, window.StandardError);
            _boundary = window.End;
        }

        Sequence = _final;
    }

    /// <param name="buckets">Result of <see cref="WindowSeries.CopyWindow"/>: oldest first.</param>
    /// <param name="now">Current time.</param>
    public void Update(ReadOnlySpan<Bucket> buckets, DateTimeOffset now)
    {
        _closed.Clear();
        _open.Clear();
        var labels = 0L;
        if (_carried is { } carried)
        {
            _open.Add(carried);
            labels = carried.Labels.Count;
        }

        Sequence = _final;
        foreach (ref readonly var bucket in buckets)
        {
            var end = bucket.Start + bucket.Width;
            var leaving = bucket.Start <= now - _window + (2 * bucket.Width);
            if (bucket.Start < _boundary)
            {
                continue;
            }

            if (!leaving && (end > now || IsPending(bucket)))
            {
                break;
            }

            _open.Add(bucket);
            labels += bucket.Labels.Count;
            if (labels >= MinLabels)
            {
                Close(end, leaving);
                labels = 0;
            }
            else if (leaving)
            {
                Carry(end);
            }
        }
    }

    private static bool IsPending(in Bucket bucket) =>
        bucket.Predictions.Requested > bucket.Labels.Count + bucket.Labels.Unanswered;

    private void Close(DateTimeOffset end, bool leaving)
    {
        var options = new EstimatorOptions { Alpha = IntervalAlpha, MinSamples = 1, MinLabels = 1 };
        var audited = WindowEstimator.Estimate(_open.ToArray(), monitorValid: true, options).Audited;
        if (audited.State == EstimateState.Ok)
        {
            // Half the interval's width, because the linearised standard error is 0 if all labels agree.
            var standardError = (audited.Upper - audited.Lower) / 2 / Normal.InvCDF(0, 1, 1 - (IntervalAlpha / 2));
            _closed.Add(new ClosedWindow(_open[0].Start, end, audited.Value, standardError, _open.Sum(b => b.Labels.Count)));
            Sequence = Sequence.Add(audited.Value, standardError);
        }

        _open.Clear();
        if (leaving)
        {
            (_final, _boundary, _carried) = (Sequence, end, null);
        }
    }

    /// <summary>Replaces buckets that leave the sliding window before enough labels have come by one bucket with their sums.</summary>
    private void Carry(DateTimeOffset end)
    {
        var predictions = default(PredictionSums);
        var labels = default(LabelSums);
        foreach (var bucket in _open)
        {
            predictions.Merge(bucket.Predictions);
            labels.Merge(bucket.Labels);
        }

        var start = _open[0].Start;
        _open.Clear();
        _open.Add(new Bucket(start, end - start, predictions, labels));
        (_carried, _boundary) = (_open[0], end);
    }
}
