using System.Text.RegularExpressions;
using AccuracyMonitor.Rules.Tests.Support;

namespace AccuracyMonitor.Rules.Tests;

/// <summary>The rule files by themselves, judged by promtool.</summary>
public sealed partial class RuleFileTests
{
    private static string Scenarios { get; } = Path.Combine(Repository.Root, "tests/AccuracyMonitor.Rules.Tests/Alerts");

    public static TheoryData<string> ScenarioFiles =>
        [.. Directory.GetFiles(Scenarios, "*.yaml").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static string Alerts => RuleFiles.Text("alerts.yaml");

    private static string Recording => RuleFiles.Text("recording.yaml");

    [Fact]
    public async Task Promtool_finds_nothing_to_complain_about() => await PromtoolAsync(["check", "rules", "--lint=all", "--lint-fatal", .. RuleFiles.Paths]);

    [Fact]
    public async Task Rules_at_the_speed_of_the_tests_are_rules_too()
    {
        var folder = Directory.CreateTempSubdirectory("am-rules-");
        await PromtoolAsync(["check", "rules", .. RuleFiles.Write(folder.FullName, factor: 200)]);
        var text = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "recording.yaml"));
        text.ShouldContain("[18000ms]");
        text.ShouldContain("[36000ms:1500ms]");
        Duration().Matches(text).ShouldBeEmpty("every duration runs faster");
        folder.Delete(recursive: true);
    }

    /// <summary>Each alert fires, does not fire, ends, with missing data, with several pods, and with few samples, as far as it knows them.</summary>
    [Theory]
    [MemberData(nameof(ScenarioFiles))]
    public async Task Alerts_fire_when_they_should_and_only_then(string file) => await PromtoolAsync("test", "rules", Path.Combine(Scenarios, file));

    /// <summary>Day and night, weekends, a deployment, restarts, a holiday and chance: nobody is told anything but the one real incident.</summary>
    [Fact]
    public async Task Two_weeks_page_for_the_incident_and_for_nothing_else()
    {
        var folder = Directory.CreateTempSubdirectory("am-week-");
        var scenario = Path.Combine(folder.FullName, "week.yaml");
        await using (var node = RealProcess.StartIn(Repository.Root, "node", "tests/AccuracyMonitor.Rules.Tests/Week/week.mjs", RuleFiles.Folder, scenario))
        {
            (await node.ExitedAsync(TimeSpan.FromMinutes(1))).ShouldBe(0, node.Said);
        }

        await PromtoolAsync("test", "rules", scenario);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Every_alert_has_scenarios_a_severity_numbers_in_its_summary_and_a_page_that_says_what_to_do()
    {
        var runbooks = File.ReadAllText(Path.Combine(Repository.Root, "helm/accuracy-monitor/runbooks/README.md"));
        var alerts = Alerts.Split("      - alert: ")[1..];
        alerts.Length.ShouldBeGreaterThanOrEqualTo(9);
        foreach (var alert in alerts)
        {
            var name = alert.Split('\n')[0];
            File.Exists(Path.Combine(Scenarios, $"{name}.yaml")).ShouldBeTrue(name);
            alert.ShouldMatch("severity: (critical|warning)", name);
            alert.ShouldContain("summary: ", Case.Sensitive, name);
            Summary().Match(alert).Value.ShouldMatch(@"\$value|instance", name);
            alert.ShouldContain("description: ", Case.Sensitive, name);
            alert.ShouldContain($"helm/accuracy-monitor/runbooks/README.md#{name.ToLowerInvariant()}\n", Case.Sensitive, name);
            runbooks.ShouldContain($"\n## {name}\n", Case.Sensitive, name);
        }
    }

    [Fact]
    public void Every_sum_is_recorded_for_every_range()
    {
        var sums = Sum().Matches(Recording).Select(m => (Name: m.Groups["name"].Value, Range: m.Groups["range"].Value)).ToArray();
        var names = sums.Select(s => s.Name).Distinct().ToArray();
        names.ShouldBe(["predictions", "expected_correct", "expected_correct_variance", "label_moment"]);
        foreach (var range in (string[])["5m", "30m", "1h", "2h", "6h", "1d", "3d"])
        {
            sums.Where(s => s.Range == range).Select(s => s.Name).ShouldBe(names, range);
        }
    }

    private static async Task PromtoolAsync(params string[] arguments)
    {
        await using var promtool = RealProcess.Start("promtool", arguments);
        (await promtool.ExitedAsync(TimeSpan.FromMinutes(5))).ShouldBe(0, promtool.Said);
    }

    [GeneratedRegex(
        @"record: '(?<level>namespace_model_version(_moment)?):accuracy_monitor_(?<name>\w+):increase', labels: \{ range: (?<range>\w+) \}, "
            + @"expr: '(sum by \(cluster, namespace, model, version(, moment)?\) \(increase\(accuracy_monitor_\k<name>_total\[\k<range>\]\)\)"
            + @"|sum_over_time\(\k<level>:accuracy_monitor_\k<name>:increase\{range=""\w+""\}\[\k<range>:\w+\]\))' \}",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sum();

    [GeneratedRegex("summary: .*?description: ", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Summary();

    [GeneratedRegex(@"(\[|offset )\d+[smhd]\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Duration();
}
