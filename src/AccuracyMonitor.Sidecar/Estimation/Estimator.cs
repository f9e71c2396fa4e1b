using System.Buffers;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Alarms;
using AccuracyMonitor.Sidecar.Intake;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Estimation;

/// <summary>Reads a series' buckets under its gate, and estimates outside it.</summary>
internal sealed class Estimator(TransferredWindows transferred, IOptions<EstimationSettings> settings)
{
    private readonly EstimationOptions _whole = settings.Value.ToCore();
    private readonly EstimationOptions _subgroup = settings.Value.ToSubgroup();
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
            estimates[window] = series == model.Whole ? transferred.Apply(model, window, end, plain) : plain;
        }

        var alarm = AlarmReasons.WithWindow(model.Alarms.AccuracyOf(series.Key), model.Alarms.ObjectiveOf(series.Key), Windows, estimates, _floor);
        return [.. estimates.Select((e, window) => new PublishedEstimate(
            series.Key, Windows[window], end, e, valid, model.Monitor.Version, alarm, model.Alarms.Validity))];
    }

    /// <summary>Closes what may be closed of a model version's running accuracy.</summary>
    public void CloseWindows(ModelState model, DateTimeOffset end) =>
        Read(model.Whole, Windows.Length - 1, end, (model.Running, end), static (buckets, a) => a.Running.Close(buckets, a.end));

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
        WindowEstimate? estimate = null;
        Read(series, window, end, (valid, options), (buckets, a) => estimate = WindowEstimator.Estimate(buckets, a.valid, a.options));

        // The validity alarm tests the monitor on the whole traffic; for one class it says little, so that a score needs labels of the class beside it.
        return series.Key.PredictedClass is not null && estimate!.Labels < _floor ? WithoutLabelFree(estimate) : estimate!;
    }

    private static void Read<TArgument>(SeriesState series, int window, DateTimeOffset end, TArgument argument, ReadBuckets<TArgument> use)
    {
        var buckets = ArrayPool<Bucket>.Shared.Rent(series.Windows.MaxBuckets);
        try
        {
            int count;
            lock (series.Gate)
            {
                count = series.Windows.CopyWindow(window, end, buckets);
            }

            use(buckets.AsSpan(0, count), argument);
        }
        finally
        {
            ArrayPool<Bucket>.Shared.Return(buckets);
        }
    }

    private delegate void ReadBuckets<in TArgument>(ReadOnlySpan<Bucket> buckets, TArgument argument);
}
