using AccuracyMonitor.V1;

namespace AccuracyMonitor.Runs;

/// <summary>Numbers and states in words, the same in the live display, in plain lines and in the summary.</summary>
internal static class Wording
{
    public static string Percent(double share) => double.IsFinite(share) ? $"{100 * share:F1} %" : "–";

    public static string Interval(PublishedNumber number) => number.IsPublished ? $"[{100 * number.Lower:F1}, {100 * number.Upper:F1}]" : "";

    /// <summary>Distance from the truth in points, signed.</summary>
    public static string Off(double value, double truth) => double.IsFinite(value - truth) ? $"{100 * (value - truth):+0.0;-0.0;0.0}" : "";

    public static string State(EstimateState state) => state switch
    {
        EstimateState.Ok => "",
        EstimateState.InsufficientSamples => "too few predictions",
        EstimateState.InsufficientLabels => "too few labels",
        EstimateState.MonitorInvalid => "withdrawn",
        _ => "not yet",
    };

    public static string OnOff(bool firing) => firing ? "ON" : "off";

    public static string Time(TimeSpan time) => $"{(int)time.TotalMinutes}:{time.Seconds:D2}";
}
