using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Sidecar.Agreement;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Models;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Reads a series' buckets under its gate, and estimates outside it.</summary>
internal sealed class Estimator(RecalibratedWindows recalibrated, IOptions<EstimationOptions> settings)
{
    private readonly EstimatorOptions _whole = settings.Value.ToCore();
    private readonly EstimatorOptions _subgroup = settings.Value.ToSubgroup();
    private readonly int _floor = settings.Value.LabelFloor;

    public TimeSpan[] Windows { get; } = settings.Value.EffectiveWindows;

    /// <summary>All windows of a series, ending now, in the order of <see cref="Windows"/>.</summary>
    public PublishedEstimate[] Estimate(ModelState model, SeriesState series, DateTimeOffset end)
    {
        var valid = model.MonitorValid;
        var estimates = new WindowEstimate[Windows.Length];
        for (var window = 0; window < estimates.Length; window++)
        {
            var plain = Window(model, series, window, end, valid);
            estimates[window] = series == model.AllTraffic ? recalibrated.Apply(model, window, end, plain) : plain;
        }

        var alarm = AlarmReasons.WithWindow(model.Alarms.AccuracyOf(series.Key), model.Alarms.ObjectiveOf(series.Key), Windows, estimates, _floor);
        return [.. estimates.Select((e, window) => new PublishedEstimate(
            series.Key, Windows[window], end, e, valid, model.Monitor.Version, alarm, model.Alarms.Validity)
        {
            NoiseCorrected = series == model.AllTraffic ? model.LabelQuality.Value?.Correct(e.Audited) : null,
        })];
    }

    /// <summary>Closes what may be closed of a model version's running accuracy.</summary>
    public void CloseWindows(ModelState model, DateTimeOffset end)
    {
        using var copy = model.AllTraffic.CopyWindow(Windows.Length - 1, end);
        model.Running.Close(copy.Buckets, end);
    }

    private static WindowEstimate WithoutLabelFree(WindowEstimate estimate) => estimate with
    {
        LabelFree = AccuracyEstimate.Without(EstimateKind.LabelFree, EstimateState.InsufficientLabels),
    };

    private WindowEstimate Window(ModelState model, SeriesState series, int window, DateTimeOffset end, bool valid)
    {
        var options = (series.Key.IsSubgroup ? _subgroup : _whole) with
        {
            LabelFreeReferenceStandardError = model.Monitor.MeanScoreStandardError,
        };
        using var copy = series.CopyWindow(window, end);
        var estimate = WindowEstimator.Estimate(copy.Buckets, valid, options);

        // The validity alarm tests the monitor on the whole traffic; for one class it says little, so that a score needs labels of the class beside it.
        return series.Key.PredictedClass is not null && estimate.Labels < _floor ? WithoutLabelFree(estimate) : estimate;
    }
}
