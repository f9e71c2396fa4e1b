using System.Collections.Concurrent;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Sampling;

namespace AccuracyMonitor.Sidecar.Intake;

/// <summary>Everything the sidecar holds of one deployed model in one version: bounded, whatever the traffic.</summary>
internal sealed class ModelState(
    ModelKey key,
    int classCount,
    SeriesState whole,
    RowReservoir[] rows,
    PredictedClasses classes,
    RunningAccuracy running,
    Sampler sampler,
    TauChoice? tau,
    RecentIds recent,
    ModelAlarms alarms,
    ModelMetrics metrics,
    MonitorLease monitor)
{
    public const string OverflowSegment = "overflow";

    private readonly ModelMonitor _monitor = new(monitor);

    public ModelKey Key { get; } = key;

    public int ClassCount { get; } = classCount;

    /// <summary>The whole traffic of this version.</summary>
    public SeriesState Whole { get; } = whole;

    /// <summary>A sample of the whole's predictions, one per window. Under the whole's gate.</summary>
    public RowReservoir[] Rows { get; } = rows;

    /// <summary>By segment name.</summary>
    public ConcurrentDictionary<string, SeriesState> Segments { get; } = new(StringComparer.Ordinal);

    /// <summary>By predicted class.</summary>
    public PredictedClasses Classes { get; } = classes;

    /// <summary>Since the first label of this version.</summary>
    public RunningAccuracy Running { get; } = running;

    /// <summary>Owned by the scoring loop.</summary>
    public Sampler Sampler { get; } = sampler;

    /// <summary>Null: the sampler's τ stays as configured.</summary>
    public TauChoice? Tau { get; } = tau;

    /// <summary>Owned by the scoring loop (filled before it starts).</summary>
    public RecentIds Recent { get; } = recent;

    public ModelAlarms Alarms { get; } = alarms;

    public ModelMetrics Metrics { get; } = metrics;

    /// <summary>The monitor in use, to read what is known of it. To score with it, take a lease.</summary>
    public MonitorSnapshot Monitor => _monitor.Current;

    /// <summary>Predictions wait until this has settled.</summary>
    public FirstMonitor FirstMonitor { get; } = new();

    /// <summary>False while nothing vouches for the label-free number.</summary>
    public bool MonitorValid => _monitor.Current.Proven && !Alarms.ValidityFiring;

    /// <summary>New labels since challengers were last tried, and the running trials.</summary>
    public AdaptationProgress Adaptation { get; } = new();

    /// <summary>One fit, activation or roll-back at a time. Taken from the start, until <see cref="FirstMonitor"/> has settled.</summary>
    public SemaphoreSlim Management { get; } = new(0, 1);

    /// <summary>Owned by the scoring loop.</summary>
    public PendingRequests Pending { get; } = new();

    /// <summary>Forgets that a label was requested where the request could not be stored: a retry must not be told that it was. Called by the
    /// scoring loop.</summary>
    public void ForgetWithdrawn()
    {
        foreach (var id in Pending.TakeFailed())
        {
            var hash = Sampler.HashOf(id);
            if (Recent.TryGet(hash, out var outcome))
            {
                Recent.Add(hash, outcome with { Selected = false });
            }
        }
    }

    /// <summary>The monitor in use, to score with. The caller returns the lease.</summary>
    public MonitorLease LeaseMonitor() => _monitor.Lease();

    /// <summary>Replaces the monitor. The caller returns its own lease as usual.</summary>
    public void Adopt(MonitorLease monitor) => _monitor.Adopt(monitor);

    /// <summary>Lets the waiting predictions and the management of monitors go on. Called once.</summary>
    public void SettleFirstMonitor()
    {
        Management.Release();
        FirstMonitor.Settle();
    }

    /// <summary>The whole and its segments.</summary>
    public IEnumerable<SeriesState> AllSeries => Segments.Values.Prepend(Whole);

    /// <summary>Every series that counts a prediction.</summary>
    public IEnumerable<SeriesState> SeriesOf(string segment, int predictedClass)
    {
        yield return Whole;
        if (segment.Length > 0 && Segments.TryGetValue(segment, out var state))
        {
            yield return state;
        }

        if (Classes.Of(predictedClass) is { } ofClass)
        {
            yield return ofClass;
        }
    }
}
