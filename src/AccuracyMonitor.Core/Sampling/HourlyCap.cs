namespace AccuracyMonitor.Core.Sampling;

/// <summary>
/// The cap on requests per clock hour (UTC). What is left of it is spread over what is left of the hour at the present rate of predictions,
/// so the budget falls smoothly when the traffic is too much for it; only when nothing is left is the rest of the hour not covered.
/// </summary>
/// <remarks>
/// While more than half is left the spread is eased by up to e⁷: a burst that comes and goes keeps its full budget (a hundredfold one until
/// it has spent a sixth of the cap, a fivefold one until it has spent a third). In the second half the density left ÷ time left is that of
/// as many points thrown evenly into the hour, so the cap is spent when the hour ends, and a share of about 1/cap of the hour stays not
/// covered. The rate is a fading count of arrivals, time constant five minutes, so that bursts less than a minute apart count as steady
/// traffic; when it jumps by a factor J about 5·ln J minutes' worth of the cap is spent before the estimate has caught up, and the rest of
/// the hour makes up for it. Here π depends on earlier coins too (how much is left), which a martingale argument allows; it does so only
/// while the cap is what limits.
/// </remarks>
internal sealed class HourlyCap(int maxRequestsPerHour)
{
    private const double RateSeconds = 300;
    private const double Ease = 7;
    private long _hour;
    private int _requests;
    private DateTimeOffset _last = DateTimeOffset.MinValue;
    private double _recentArrivals;

    /// <summary>Counts the arrival of a prediction and gives the budget it may have: at most <paramref name="budget"/>, 0 when all is
    /// spent.</summary>
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

    // A clock that steps back a little stays in the hour it was in; one that steps back further (it had run ahead) starts a new count,
    // or the hours until it gets there again would share one cap.
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
