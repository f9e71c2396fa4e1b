namespace AccuracyMonitor.Runs.Replay;

/// <summary>When each item of a replay is due.</summary>
/// <param name="rate">Predictions a second; 0: at once.</param>
/// <param name="speed">Seconds of the log in one second; null: its times are not used.</param>
internal sealed class ReplayPace(double rate, double? speed)
{
    private DateTimeOffset? _first;
    private TimeSpan _last;
    private long _predictions;

    /// <summary>Time since the start at which the next item is due; null: at once. Never before the item before it.</summary>
    public TimeSpan? Next(ReplayItem item)
    {
        if (speed is { } faster && item.Time is { } time)
        {
            _first ??= time;
            var due = (time - _first.Value) / faster;
            return _last = due > _last ? due : _last;
        }

        if (rate == 0)
        {
            return null;
        }

        if (speed is not null)
        {
            // Among lines with times: after the one before, at the rate.
            return item.IsPrediction ? _last += TimeSpan.FromSeconds(1 / rate) : _last;
        }

        return _last = TimeSpan.FromSeconds((item.IsPrediction ? _predictions++ : _predictions) / rate);
    }
}
