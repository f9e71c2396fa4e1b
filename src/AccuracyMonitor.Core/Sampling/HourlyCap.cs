namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// Caps the number of label requests per clock hour (UTC). The remaining requests are spread over the rest of the hour at the present rate
/// of predictions, so the budget falls smoothly when traffic is too high for it. If no requests remain, predictions in the rest of the hour
/// are not covered.
/// </summary>
/// <remarks>
/// While more than half of the cap remains, the limit is relaxed by a factor of up to e⁷. A short burst therefore keeps its full budget: a
/// hundredfold burst until it has used a sixth of the cap, a fivefold one until it has used a third. In the second half the limit is the
/// remaining requests divided by the remaining time, so the cap is used up at the end of the hour and a fraction of about 1/cap of the hour
/// is not covered. The rate is an exponentially fading count of arrivals with a time constant of five minutes, so bursts less than a minute
/// apart count as steady traffic. When the rate rises by a factor J, about 5·ln J minutes' worth of the cap is used before the rate
/// estimate has adapted; the rest of the hour compensates for it. While the cap limits, π also depends on earlier draws (how many requests
/// remain). A martingale argument allows this.
/// </remarks>
internal sealed class HourlyCap(int maxRequestsPerHour)
{
    private const double RateSeconds = 300;
    private const double Ease = 7;
    private long _hour;
    private int _requests;
    private DateTimeOffset _last = DateTimeOffset.MinValue;
    private double _recentArrivals;

    /// <summary>Counts the arrival of a prediction and returns its budget: at most <paramref name="budget"/>, and 0 when the cap is used
    /// up.</summary>
    public double Limit(double budget, DateTimeOffset now)
    {
        EnterHour(now);
        Arrive(now);
        var left = maxRequestsPerHour - _requests;
        if (left <= 0)
        {
            return 0;
        }

        var endOfHour = (_hour + 1) * TimeSpan.TicksPerHour;
        var secondsLeft = Math.Max(1, (endOfHour - now.UtcTicks) / (double)TimeSpan.TicksPerSecond);
        var expectedArrivals = _recentArrivals / RateSeconds * secondsLeft;
        var ease = Math.Exp(Ease * Math.Max(0, (2.0 * left / maxRequestsPerHour) - 1));
        return Math.Min(budget, ease * left / expectedArrivals);
    }

    public void CountRequest() => _requests++;

    // If the clock steps back a little, it stays in its hour. If it steps back further (it had been ahead), counting starts again;
    // otherwise all hours until the old time would share one cap.
    private void EnterHour(DateTimeOffset now)
    {
        var hour = now.UtcTicks / TimeSpan.TicksPerHour;
        if (hour > _hour || hour < _hour - 1)
        {
            _hour = hour;
            _requests = 0;
        }
    }

    private void Arrive(DateTimeOffset now)
    {
        if (now > _last)
        {
            _recentArrivals *= Math.Exp(-(now - _last).TotalSeconds / RateSeconds);
        }

        _last = now;
        _recentArrivals++;
    }
}
