using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Observability;

internal static class MetricsOfModel
{
    extension(ModelState model)
    {
        public ModelMetrics Metrics => model.Part<ModelMetrics>();
    }
}
