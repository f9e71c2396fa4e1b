using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;
using MathNet.Numerics.Distributions;

namespace AccuracyMonitor.Core.Sequences;

/// <summary>
/// Cuts a model version's time into windows that follow one another and keeps the running mean of their audited accuracies. A window closes
/// when it has ended, every request in it is answered or has run out, and it holds <see cref="MinLabels"/> labels; until then it is merged with
/// the time after it. For one owner: not thread-safe.
/// </summary>
/// <remarks>
/// It reads the buckets of a sliding window. As long as a closed window's buckets are in it, late and corrected labels still change the
/// estimate; when they leave it the estimate becomes final, and a bucket that leaves counts as closed whatever it still waits for. Where a
/// window closes depends on how many labels have come, never on what they say.
/// </remarks>
public sealed class ClosedWindows
{
    /// <summary>With fewer labels an estimate is not close enough to normal for the asymptotic sequence (Waudby-Smith and others 2024).</summary>
    public const int MinLabels = 50;

    private const double IntervalAlpha = 0.05;

    private readonly TimeSpan _window;
    private readonly List<ClosedWindow> _closed = [];
    private readonly List<Bucket> _open = [];
    private AsymptoticSequence _final;
    private DateTimeOffset _boundary = DateTimeOffset.MinValue;
    private Bucket? _carried;

    /// <param name="window">Length of the sliding window that <see cref="Update"/> is shown, positive.</param>
    public ClosedWindows(TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        _window = window;
    }

    /// <summary>All closed windows since the beginning.</summary>
    public AsymptoticSequence Sequence { get; private set; }

    /// <summary>Those of the last <see cref="Update"/> that may still change, and those that it has made final; oldest first.</summary>
    public IReadOnlyList<ClosedWindow> Recent => _closed;

    /// <summary>Takes windows back that were closed before a restart, oldest first. Those that the sliding window still shows are left to it.</summary>
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

    /// <param name="buckets">What <see cref="WindowSeries.CopyWindow"/> gives: oldest first.</param>
    /// <param name="now">The present.</param>
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
        var options = new EstimationOptions { Alpha = IntervalAlpha, MinSamples = 1, MinLabels = 1 };
        var audited = WindowEstimator.Estimate(_open.ToArray(), monitorValid: true, options).Audited;
        if (audited.State == EstimateState.Ok)
        {
            // Half the interval's width and not the linearised error: that one is 0 where every label says the same.
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

    /// <summary>Too few labels so far, and their buckets go: one bucket of their sums stands for them until the rest has come.</summary>
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
