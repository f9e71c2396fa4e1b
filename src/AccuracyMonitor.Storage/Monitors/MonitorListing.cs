namespace AccuracyMonitor.Storage.Monitors;

/// <summary>One line of the registry.</summary>
/// <param name="Active">Is it the champion of its model version?</param>
/// <param name="Decision">The last decision about it as a challenger; null when there was none.</param>
public sealed record MonitorListing(MonitorInfo Monitor, bool Active, PromotionRow? Decision);
