namespace AccuracyMonitor.Hosting.Metrics;

/// <summary>How windows are named in labels.</summary>
public static class WindowNames
{
    /// <summary>5m, 1h, 24h, 15s: the largest unit that divides the window.</summary>
    public static string Of(TimeSpan window)
    {
        if (window >= TimeSpan.FromHours(1) && window.Ticks % TimeSpan.TicksPerHour == 0)
        {
            return $"{window.TotalHours:0}h";
        }

        return window >= TimeSpan.FromMinutes(1) && window.Ticks % TimeSpan.TicksPerMinute == 0
            ? $"{window.TotalMinutes:0}m"
            : $"{window.TotalSeconds:0.###}s";
    }
}
