using AccuracyMonitor.Capture;
using AccuracyMonitor.Capture.Sinks;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Fleet;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.Sidecar.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Probes;

/// <summary>Judges each part of the sidecar by whether its work gets done.</summary>
internal sealed class SidecarHealth
{
    /// <summary>How long a loop may finish nothing while work waits.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(1);

    private readonly IHostApplicationLifetime _lifetime;
    private readonly List<(string Name, HealthEffect Effect, Func<string?> Read)> _components = [];

    public SidecarHealth(IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        _lifetime = lifetime;
        var queue = services.GetRequiredService<ScoringQueue>();
        _components.Add(("scoring", HealthEffect.Restart, new Stall(queue.Progress, () => queue.HasWork, StallLimit, time).Read));

        var estimates = services.GetRequiredService<EstimateRefresh>().Progress;
        var refresh = services.GetRequiredService<IOptions<EstimationOptions>>().Value.RefreshInterval;
        var longest = TimeSpan.FromMinutes(5) + (10 * refresh);
        _components.Add(("estimation", HealthEffect.Restart, new Stall(estimates, static () => true, longest, time).Read));
        _components.Add(("estimates", HealthEffect.Report, () => estimates.Error));

        var probe = services.GetRequiredService<StoreProbe>();
        _components.Add(("store", HealthEffect.Unready, () => probe.Problem));
        AddPeriodic<WindowSumWorker>("window_sums", services);
        AddPeriodic<RequestExpiryWorker>("label_queue", services);
        AddPeriodic<RetentionWorker>("retention", services);
        var retention = services.GetRequiredService<RetentionWorker>();
        _components.Add(("store_size", HealthEffect.Report, () => retention.Excess));

        var adaptation = services.GetRequiredService<AdaptationWorker>().Progress;
        _components.Add(("adaptation", HealthEffect.Report, () => adaptation.Error));
        var sources = services.GetRequiredService<SourceHealth>();
        _components.Add(("tls", HealthEffect.Report, () => sources.ProblemIn("Listen:Tls")));
        _components.Add(("access", HealthEffect.Report, () => sources.ProblemIn("Access:")));

        var capture = services.GetRequiredService<CaptureWork>();
        if (services.GetRequiredService<IOptions<SinkOptions>>().Value.Port >= 0)
        {
            _components.Add(("sink", HealthEffect.Restart, new Stall(capture.Sink, () => capture.SinkWaits, StallLimit, time).Read));
        }

        if (services.GetRequiredService<IOptions<TapOptions>>().Value.IsOn)
        {
            // Never a restart: calls pass through this process, whether their answers are read or not.
            _components.Add(("tap", HealthEffect.Report, new Stall(capture.Tap, () => capture.TapWaits, StallLimit, time).Read));
        }

        if (services.GetService<FleetReporter>() is { } reporter)
        {
            _components.Add(("hub", HealthEffect.Report, () => reporter.Problem));
        }

        var clock = services.GetRequiredService<AgreedClock>();
        _components.Add(("clock", HealthEffect.Report, () => DescribeJump(clock.Read()) ?? retention.Doubt));
    }

    public HealthReport Read() => new(
        _lifetime.ApplicationStarted.IsCancellationRequested && !_lifetime.ApplicationStopping.IsCancellationRequested,
        _lifetime.ApplicationStarted.IsCancellationRequested,
        [.. _components.Select(c => new ComponentState(c.Name, c.Read(), c.Effect))]);

    private void AddPeriodic<T>(string name, IServiceProvider services)
        where T : PeriodicWorker
    {
        var progress = services.GetRequiredService<T>().Progress;
        _components.Add((name, HealthEffect.Report, () => progress.Error));
    }

    private static string? DescribeJump(AgreedTime reading) => reading.Agreed
        ? null
        : $"the wall clock has jumped by {reading.Jump.TotalSeconds:0} s against the monotonic clock; expiry and retention keep to the time from before for "
            + $"up to {AgreedClock.Grace.TotalMinutes:0} min";
}
