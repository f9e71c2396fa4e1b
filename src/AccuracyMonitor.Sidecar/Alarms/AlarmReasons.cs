using AccuracyMonitor.Core.Alarms;
using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Observability;

namespace AccuracyMonitor.Sidecar.Alarms;

/// <summary>Says why an accuracy alarm fires in the numbers that whoever was woken can check: those of a window.</summary>
internal static class AlarmReasons
{
    /// <param name="verdict">Of the series.</param>
    /// <param name="objective">What it is held to.</param>
    /// <param name="windows">Shortest first.</param>
    /// <param name="estimates">One per window.</param>
    /// <param name="floor">Labels that a window needs to be quoted.</param>
    /// <returns>The verdict as it is while it does not fire, or while no window has the labels.</returns>
    public static AlarmVerdict WithWindow(
        AlarmVerdict verdict, double? objective, IReadOnlyList<TimeSpan> windows, IReadOnlyList<WindowEstimate> estimates, int floor)
    {
        if (!verdict.Firing || objective is not { } promised)
        {
            return verdict;
        }

        for (var window = 0; window < estimates.Count; window++)
        {
            var audited = estimates[window].Audited;
            if (estimates[window].Labels >= floor && audited.State == EstimateState.Ok)
            {
                return verdict with
                {
                    Reason = $"audited accuracy {audited.Lower:0.00}–{audited.Upper:0.00} over {Spoken(windows[window])}, objective {promised:0.00##}; "
                        + $"{estimates[window].Labels} labels; e-value {EValue.Text(verdict.LogEvidence)}, fires at {EValue.Text(verdict.LogThreshold)}",
                };
            }
        }

        return verdict;
    }

    /// <summary>1 h, 5 m, 15 s.</summary>
    private static string Spoken(TimeSpan window)
    {
        var name = WindowNames.Of(window);
        return $"{name[..^1]} {name[^1]}";
    }
}
