using System.Buffers;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Intake;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Reads a series' buckets under its gate, and estimates outside it.</summary>
internal sealed class Estimator(IOptions<EstimationSettings> settings)
{
    private readonly EstimationOptions _options = settings.Value.ToCore();

    public TimeSpan[] Windows { get; } = settings.Value.EffectiveWindows;

    public PublishedEstimate Estimate(ModelState model, SeriesState series, int window, DateTimeOffset end)
    {
        var buckets = ArrayPool<Bucket>.Shared.Rent(series.Windows.MaxBuckets);
        try
        {
            int count;
            lock (series.Gate)
            {
                count = series.Windows.CopyWindow(window, end, buckets);
            }

            var valid = model.MonitorValid;
            var options = _options with { LabelFreeReferenceStandardError = Math.Min(0.5, model.Monitor.Scorer.Metadata?.CalibrationStandardError ?? 0) };
            var estimate = WindowEstimator.Estimate(buckets.AsSpan(0, count), valid, options);
            return new PublishedEstimate(
                series.Key, Windows[window], end, estimate, valid, model.Monitor.Version, model.Alarms.Accuracy, model.Alarms.Validity);
        }
        finally
        {
            ArrayPool<Bucket>.Shared.Return(buckets);
        }
    }
}
