using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs;

/// <summary>Asks the sidecar for its newest window every second, and puts the truth beside it.</summary>
internal sealed class RunRecorder(SidecarLink sidecar, TruthLedger truth, TimeSpan? window, TimeProvider time)
{
    /// <summary>Buckets of one window in the sidecar: the window starts at a bucket's edge.</summary>
    private const int BucketsPerWindow = 60;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly List<RunPoint> _points = [];
    private readonly Lock _gate = new();

    public IReadOnlyList<RunPoint> Points
    {
        get
        {
            lock (_gate)
            {
                return [.. _points];
            }
        }
    }

    /// <summary>The sidecar's labelling queue when last asked.</summary>
    public QueueState Queue { get; private set; } = new();

    /// <param name="began">When the stream did.</param>
    /// <param name="moment">How far the stream is.</param>
    public async Task RunAsync(DateTimeOffset began, Func<RunMoment> moment, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            await ReadAsync(began, moment(), cancel);
        }
    }

    /// <summary>Once, now.</summary>
    public async Task ReadAsync(DateTimeOffset began, RunMoment now, CancellationToken cancel)
    {
        var estimate = await sidecar.EstimateAsync(window, cancel);
        Queue = await sidecar.QueueAsync(cancel);
        if (estimate is null or { Predictions: 0 })
        {
            return;
        }

        lock (_gate)
        {
            _points.Add(ToPoint(estimate, now, began));
        }
    }

    /// <summary>The sidecar counts the bucket in which the window starts as a whole: so must the truth.</summary>
    internal static DateTimeOffset BucketStart(DateTimeOffset start, TimeSpan window)
    {
        var width = window.Ticks / BucketsPerWindow;
        return new DateTimeOffset(start.UtcTicks / width * width, TimeSpan.Zero);
    }

    private RunPoint ToPoint(WindowEstimate estimate, RunMoment now, DateTimeOffset began)
    {
        var (start, end) = (estimate.Start.ToDateTimeOffset(), estimate.End.ToDateTimeOffset());
        var first = BucketStart(start, estimate.Window.ToTimeSpan());
        var whole = truth.Between(first, end + TruthLedger.SlotWidth).Accuracy;
        var until = estimate.AnsweredUntil?.ToDateTimeOffset();
        return new RunPoint
        {
            At = end - began,
            Condition = now.Condition,
            ConditionIndex = now.ConditionIndex,
            Position = now.Predictions,
            Answered = now.Labels,
            Truth = whole,
            AnsweredUntil = until - began,
            AnsweredTruth = until is { } answered ? truth.Between(first, answered).Accuracy : whole,
            Confidence = estimate.MeanConfidence,
            LabelFree = PublishedNumber.From(estimate, EstimateKind.LabelFree),
            Labelled = PublishedNumber.From(estimate, EstimateKind.Labelled),
            Audited = PublishedNumber.From(estimate, EstimateKind.Audited),
            Combined = PublishedNumber.From(estimate, EstimateKind.Combined),
            Predictions = (long)estimate.Predictions,
            Labels = (long)estimate.Labels,
            MonitorValid = estimate.MonitorValid,
            MonitorVersion = estimate.MonitorVersion,
            AccuracyAlarm = estimate.AccuracyAlarm,
            ValidityAlarm = estimate.ValidityAlarm,
            IsFull = start >= began,
        };
    }
}
