using System.CommandLine.Parsing;
using System.Globalization;

namespace AccuracyMonitor.Cli.Replay;

/// <summary>A length of time on the command line: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h</c>, <c>00:05:00</c>, or a number of seconds.</summary>
internal static class Duration
{
    private static readonly (string Suffix, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)];

    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <returns>Null if it is not a length of time from 0 to 365 days.</returns>
    public static TimeSpan? Parse(string text)
    {
        foreach (var (suffix, seconds) in Units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number >= 0 && number * seconds <= Longest.TotalSeconds)
            {
                return TimeSpan.FromSeconds(number * seconds);
            }
        }

        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span >= TimeSpan.Zero
            && span <= Longest
            ? span
            : null;
    }

    /// <summary>For an option's custom parser.</summary>
    public static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Parse(text) is { } span)
        {
            return span;
        }

        result.AddError($"'{text}' is not a length of time; expected 0 to 365 days, such as 500ms, 30s, 5m, 1h or 00:05:00.");
        return null;
    }
}
