using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Demo;

/// <summary>Asks the sidecar for its newest window every second, and puts the truth beside it.</summary>
internal sealed class RunRecorder(SidecarLink sidecar, TruthLedger truth, DemoOptions options, TimeProvider time)
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
    /// <param name="regime">The regime of now.</param>
    public async Task RunAsync(DateTimeOffset began, Func<Regime> regime, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            var current = regime();
            var window = await sidecar.EstimateAsync(options.Window, cancel);
            Queue = await sidecar.QueueAsync(cancel);
            if (window is null or { Predictions: 0 })
            {
                continue;
            }

            lock (_gate)
            {
                _points.Add(ToPoint(window, current, began));
            }
        }
    }

    /// <summary>The sidecar counts the bucket in which the window starts as a whole: so must the truth.</summary>
    internal static DateTimeOffset BucketStart(DateTimeOffset start, TimeSpan window)
    {
        var width = window.Ticks / BucketsPerWindow;
        return new DateTimeOffset(start.UtcTicks / width * width, TimeSpan.Zero);
    }

    private RunPoint ToPoint(WindowEstimate window, Regime regime, DateTimeOffset began)
    {
        var (start, end) = (window.Start.ToDateTimeOffset(), window.End.ToDateTimeOffset());
        return new RunPoint
        {
            At = end - began,
            Regime = regime,
            Truth = truth.Between(BucketStart(start, options.Window), end + TruthLedger.SlotWidth).Accuracy,
            Confidence = window.MeanConfidence,
            LabelFree = PublishedNumber.From(window, EstimateKind.LabelFree),
            Audited = PublishedNumber.From(window, EstimateKind.Audited),
            Predictions = (long)window.Predictions,
            Labels = (long)window.Labels,
            MonitorValid = window.MonitorValid,
            MonitorVersion = window.MonitorVersion,
            AccuracyAlarm = window.AccuracyAlarm,
            ValidityAlarm = window.ValidityAlarm,
            IsFull = start >= began,
        };
    }
}
