using System.Globalization;
using System.Text.RegularExpressions;

namespace AccuracyMonitor.Rules.Tests.Support;

/// <summary>The chart's rules, and the same with time running faster.</summary>
internal static partial class RuleFiles
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "helm/accuracy-monitor/rules");

    public static string[] Paths { get; } = [Path.Combine(Folder, "recording.yaml"), Path.Combine(Folder, "alerts.yaml")];

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder, name));

    /// <summary>
    /// Copies with every duration divided by <paramref name="factor"/>: ranges, subqueries, offsets, `for`, `keep_firing_for`, and evaluated every
    /// half second. Nothing else is changed: a label range="1h" still says 1h.
    /// </summary>
    public static string[] Write(string folder, int factor)
    {
        List<string> written = [];
        foreach (var path in Paths)
        {
            var text = Intervals().Replace(File.ReadAllText(path), "${before}500ms");
            text = Durations().Replace(text, m => m.Groups["before"].Value + Shorter(m.Groups["duration"].Value, factor));
            var copy = Path.Combine(folder, Path.GetFileName(path));
            File.WriteAllText(copy, text);
            written.Add(copy);
        }

        return [.. written];
    }

    private static string Shorter(string duration, int factor)
    {
        var unit = duration[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => throw new FormatException(duration) };
        var milliseconds = 1000L * unit * long.Parse(duration[..^1], CultureInfo.InvariantCulture) / factor;
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
    }

    [GeneratedRegex(@"(?<before>\n    interval: )\w+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Intervals();

    // In brackets, after the colon of a subquery, of an offset, and of an alert's own fields.
    [GeneratedRegex(@"(?<before>\[|(?<=\[\d+[smhd]):|\n        for: |\n        keep_firing_for: |offset )(?<duration>\d+[smhd])(?=[\]:\n) ])",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Durations();
}
