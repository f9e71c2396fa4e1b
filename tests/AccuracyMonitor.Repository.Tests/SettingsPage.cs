using System.Text;
using System.Text.RegularExpressions;

namespace AccuracyMonitor.Repository.Tests;

/// <summary>Tables of settings, written from options classes: their names, and what their comments say of default and range.</summary>
internal static partial class SettingsPage
{
    public const string Marker = "## All settings\n";

    /// <summary>Pages by their path, with the folders whose options they list.</summary>
    public static IReadOnlyDictionary<string, string[]> Pages { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["docs/reference/settings.md"] = ["src/AccuracyMonitor.Sidecar/", "src/AccuracyMonitor.Capture/", "src/AccuracyMonitor.Hosting/"],
        ["docs/reference/hub-settings.md"] = ["src/AccuracyMonitor.Hub/", "src/AccuracyMonitor.Hosting/"],
        ["docs/reference/injector-settings.md"] = ["src/AccuracyMonitor.Injector/", "src/AccuracyMonitor.Hosting/Access/"],
        ["docs/reference/bridge-settings.md"] = ["src/AccuracyMonitor.Bridge/"],
    };

    public static string Table(string[] folders)
    {
        var classes =
            from file in RepositoryFiles.All
            where file.EndsWith(".cs", StringComparison.Ordinal) && folders.Any(p => file.StartsWith(p, StringComparison.Ordinal))
            let text = File.ReadAllText(Path.Combine(RepositoryFiles.Root, file))
            let section = Section().Match(text)
            where section.Success
            orderby section.Groups["name"].Value
            select (Section: section.Groups["name"].Value, Text: text[..EndOf(text, section.Index)]);

        var page = new StringBuilder(Marker);
        foreach (var (section, text) in classes)
        {
            page.Append('\n').Append($"### {section}\n\n| setting | meaning |\n|---|---|\n");
            foreach (Match property in Property().Matches(text))
            {
                page.Append($"| `{section}:{property.Groups["name"].Value}` | {Markdown(property.Groups["summary"].Value, section)} |\n");
            }
        }

        return page.ToString();
    }

    /// <summary>The end of the class that begins before the index: a closing brace without indentation.</summary>
    private static int EndOf(string text, int index) => text.IndexOf("\n}", index, StringComparison.Ordinal) is var end and >= 0 ? end : text.Length;

    private static string Markdown(string summary, string section)
    {
        var text = Spaces().Replace(CommentMark().Replace(summary, " "), " ").Trim();
        text = Reference().Replace(text, m => $"`{section}:{m.Groups["name"].Value}`");
        return Code().Replace(text, "`${text}`").Replace("&lt;", "<", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex("public const string Section = \"(?<name>[\\w:]+)\";", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Section();

    [GeneratedRegex(
        @"/// <summary>(?<summary>(?:[^<]|<(?!/summary>))*)</summary>(?:\s*///[^\n]*)*\s*(?:\[[^\n]*\]\s*)*public [\w<>\[\]?., ]+ (?<name>\w+) \{ get; set; \}",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000)]
    private static partial Regex Property();

    [GeneratedRegex(@"\n\s*///", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CommentMark();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();

    [GeneratedRegex("<see cref=\"(?<name>\\w+)\"\\s*/>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();

    [GeneratedRegex("<c>(?<text>[^<]*)</c>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
