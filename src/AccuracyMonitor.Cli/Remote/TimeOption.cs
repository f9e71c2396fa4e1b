using System.CommandLine;
using System.Globalization;

namespace AccuracyMonitor.Cli.Remote;

/// <summary>A time on the command line.</summary>
internal static class TimeOption
{
    private static readonly string[] Forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <param name="name">Of the option.</param>
    /// <param name="description">Without the forms.</param>
    public static Option<DateTimeOffset?> Create(string name, string description) => new(name)
    {
        Description = $"{description}: 2026-03-01 or 2026-03-01T12:00:00Z; UTC unless an offset is given.",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return time;
            }

            result.AddError($"{name} is '{text}'; it must be a time such as 2026-03-01 or 2026-03-01T12:00:00Z.");
            return null;
        },
    };
}
