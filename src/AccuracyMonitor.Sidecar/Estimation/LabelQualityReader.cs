using AccuracyMonitor.Sidecar.Agreement;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Storage;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Reads the second opinions of a model version as they are now.</summary>
internal sealed class LabelQualityReader(MonitorStore store, IOptions<EstimationOptions> settings)
{
    public async Task<LabelQuality> ReadAsync(ModelState model, CancellationToken cancel) =>
        LabelQuality.Of(await store.Annotators.DoublesAsync(model.Key, LabelQuality.MaxDoubles, cancel), model.ClassCount, settings.Value.Alpha);
}
