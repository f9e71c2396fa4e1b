using System.Text.RegularExpressions;

namespace AccuracyMonitor.Repository.Tests;

/// <summary>Reference pages that repeat what code says agree with it.</summary>
public sealed partial class ReferencePageTests
{
    /// <summary>To update the pages, run this test with ACCURACY_MONITOR_WRITE_DOCS=1.</summary>
    [Theory]
    [InlineData("docs/reference/settings.md")]
    [InlineData("docs/reference/hub-settings.md")]
    [InlineData("docs/reference/injector-settings.md")]
    [InlineData("docs/reference/bridge-settings.md")]
    public void The_page_of_settings_has_every_setting_with_its_comment(string name)
    {
        var path = Path.Combine(RepositoryFiles.Root, name);
        var page = File.ReadAllText(path);
        var expected = page[..page.IndexOf(SettingsPage.Marker, StringComparison.Ordinal)] + SettingsPage.Table(SettingsPage.Pages[name]);
        if (Environment.GetEnvironmentVariable("ACCURACY_MONITOR_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        File.ReadAllText(path).ShouldBe(expected, "run this test with ACCURACY_MONITOR_WRITE_DOCS=1 to write the page anew");
    }

    [Fact]
    public void The_page_of_metrics_names_every_exported_metric()
    {
        const string Prefix = "accuracy_monitor_";
        var page = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs/reference/metrics.md"));
        var names = File.ReadLines(Path.Combine(RepositoryFiles.Root, "tests/AccuracyMonitor.Sidecar.Tests/Golden/metrics.txt"))
            .Select(l => l.Split(' ')[0][Prefix.Length..]).ToList();

        names.Count.ShouldBeGreaterThan(25);
        names.Where(n => !Regex.IsMatch(page, $"`{n}[`{{]", RegexOptions.None, TimeSpan.FromSeconds(1))).ShouldBeEmpty();
    }

    [Fact]
    public void The_page_of_metrics_names_no_metric_that_is_not_exported()
    {
        var exported = Exported("Sidecar.Tests/Golden/metrics.txt", "accuracy_monitor_");
        var ofBridge = Exported("Bridge.Tests/Golden/bridge-metrics.txt", "accuracy_monitor_bridge_");
        var page = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs/reference/metrics.md")).Split("\n## Bridge\n");

        page.Length.ShouldBe(2);
        Named(page[0]).Except(exported).ShouldBeEmpty();
        Named(page[1]).ShouldBe(ofBridge, ignoreOrder: true);
    }

    private static List<string> Exported(string golden, string prefix) =>
    [
        .. File.ReadLines(Path.Combine(RepositoryFiles.Root, "tests", $"AccuracyMonitor.{golden}"))
            .Select(l => l.Split(' ', '{')[0][prefix.Length..]).Distinct(),
    ];

    private static IEnumerable<string> Named(string page) => MetricName().Matches(page).Select(m => m.Groups["name"].Value);

    /// <summary>Names in the first column of a table.</summary>
    [GeneratedRegex(@"(?<=^\|[^|]*)`(?<name>\w+)(?:\{[^`]*)?`", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MetricName();
}
