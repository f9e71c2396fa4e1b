using System.Globalization;

namespace AccuracyMonitor.Hosting;

/// <summary>Durations as people write them: <c>250ms</c>, <c>15s</c>, <c>5m</c>, <c>24h</c>, <c>7d</c>, or <c>[d.]hh:mm:ss</c>.</summary>
public static class Durations
{
    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        foreach (var (suffix, unit) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
                && count >= 0 && count <= TimeSpan.MaxValue / unit / 2)
            {
                duration = count * unit;
                return true;
            }
        }

        // TimeSpan.Parse takes 24:00:00 for 24 days and 90 for 90 days: neither is what anybody means.
        return TimeSpan.TryParseExact(text, ["c", "hh\\:mm\\:ss", "hh\\:mm\\:ss\\.FFFFFFF", "d\\.hh\\:mm\\:ss"], CultureInfo.InvariantCulture, out duration)
            && text.Contains(':', StringComparison.Ordinal)
            && !(duration.TotalHours >= 24 && !text.Contains('.', StringComparison.Ordinal));
    }
}
