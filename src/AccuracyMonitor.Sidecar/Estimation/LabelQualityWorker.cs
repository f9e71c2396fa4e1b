using AccuracyMonitor.Sidecar.Agreement;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Observability;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>
/// Reads the second opinions and the answers to gold items of every model version once a minute. The estimates, which are made more often, take what was read
/// last.
/// </summary>
internal sealed class LabelQualityWorker(LabelQualityReader reader, ModelRegistry registry, TimeProvider time, WorkFailures failures)
    : PeriodicWorker("Reading second opinions", TimeSpan.FromMinutes(1), time, failures)
{
    public override async Task RunAsync(CancellationToken cancel)
    {
        foreach (var model in registry.Models)
        {
            model.LabelQuality.Value = await reader.ReadAsync(model, cancel);
        }
    }
}
