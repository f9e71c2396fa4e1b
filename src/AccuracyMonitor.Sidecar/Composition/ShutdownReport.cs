using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Queueing;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Composition;

/// <summary>Logs that the sidecar stops, and, at the end, how long it took and what was lost.</summary>
internal sealed class ShutdownReport(
    ScoringQueue queue, ModelRegistry registry, AccuracyMonitorMetrics metrics, IOptions<ListenOptions> listen, IHostApplicationLifetime lifetime,
    TimeProvider time, ILogger<ShutdownReport> logger)
{
    private long _began;
    private long _counted;

    /// <summary>Once everything has started.</summary>
    public void Watch() => lifetime.ApplicationStopping.Register(() =>
    {
        (_began, _counted) = (time.GetTimestamp(), metrics.CountedPredictions);
        SidecarLog.Stopping(logger, queue.QueuedValues, listen.Value.ShutdownTimeout.TotalSeconds);
    });

    /// <summary>After every worker has stopped.</summary>
    public void End()
    {
        var seconds = time.GetElapsedTime(_began).TotalSeconds;
        var (values, unsaved) = (queue.QueuedValues, registry.Models.Count(HasUnsaved));
        var counted = metrics.CountedPredictions - _counted;
        if (values == 0 && unsaved == 0)
        {
            SidecarLog.Stopped(logger, seconds, counted);
        }
        else
        {
            SidecarLog.StoppedWithLoss(logger, seconds, counted, values, unsaved);
        }
    }

    private static bool HasUnsaved(ModelState model)
    {
        var sums = new List<Core.Windows.BucketSnapshot>();
        foreach (var series in model.AllSeries)
        {
            lock (series.Gate)
            {
                series.Windows.CopyUnsaved(sums);
            }
        }

        return sums.Count > 0 || model.Running.Unsaved.Count > 0;
    }
}
