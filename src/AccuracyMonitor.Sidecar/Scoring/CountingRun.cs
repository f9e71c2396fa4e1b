using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Queueing;

namespace AccuracyMonitor.Sidecar.Scoring;

/// <summary>
/// Predictions of a batch that fall into the same buckets, summed per series and put into the windows together: finding the buckets of every
/// window and series for each prediction cost more than all else that is done with it. Everything between <see cref="Begin"/> and
/// <see cref="End"/> happens under the series' gates.
/// </summary>
internal sealed class CountingRun
{
    private readonly List<SeriesState> _touched = [];
    private ModelState? _model;
    private int[] _places = [];
    private TimeStretch _stretch;
    private DateTimeOffset _time;
    private DateTimeOffset _now;

    /// <summary>False: the predictions' time is outside every window.</summary>
    public bool IsLive { get; private set; }

    public bool Holds(DateTimeOffset time) => _model is not null && _stretch.Contains(time);

    /// <summary>Ends the run before, if any, and begins one around a prediction's time.</summary>
    public void Begin(ModelState model, DateTimeOffset time, DateTimeOffset now)
    {
        End();
        (_model, _time, _now) = (model, time, now);
        _stretch = model.AllTraffic.Windows.Stretch(time);
        IsLive = model.AllTraffic.Windows.Takes(time, now);
        if (_places.Length < model.Reservoirs.Length)
        {
            _places = new int[model.Reservoirs.Length];
        }

        for (var window = 0; IsLive && window < model.Reservoirs.Length; window++)
        {
            _places[window] = model.Reservoirs[window].Open(time, now);
        }
    }

    /// <summary>The sums of a series in this run.</summary>
    public ref PredictionSums Of(SeriesState series)
    {
        if (!series.IsPending)
        {
            series.IsPending = true;
            _touched.Add(series);
            _stretch = _stretch.Within(series.Windows.Stretch(_time));
        }

        return ref series.Pending;
    }

    /// <summary>Offers a covered prediction's row to the sample of each window.</summary>
    public void Keep(ScoreBatch batch, int row, ulong draw)
    {
        for (var window = 0; window < _model!.Reservoirs.Length; window++)
        {
            if (_places[window] >= 0 && _model.Reservoirs[window].Offer(_places[window], draw) is { IsEmpty: false } place)
            {
                batch.CopyDense(row, place);
            }
        }
    }

    public void End()
    {
        foreach (var series in _touched)
        {
            series.Windows.AddPredictions(_time, series.Pending, _now);
            (series.Pending, series.IsPending) = (default, false);
        }

        _touched.Clear();
        _model = null;
    }
}
