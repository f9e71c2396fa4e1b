using System.Text.Json;
using AccuracyMonitor.Rules.Tests.Support;

namespace AccuracyMonitor.Rules.Tests.Dashboards;

/// <summary>The files for Grafana by themselves.</summary>
public sealed class DashboardFileTests
{
    [Fact]
    public async Task The_files_are_what_their_sources_say() => await NodeAsync(Path.Combine(DashboardFiles.Folder, "build.mjs"), "--check");

    [Fact]
    public async Task Grafanas_own_schema_finds_nothing_to_complain_about() =>
        await NodeAsync([Path.Combine(DashboardFiles.Tests, "validate.mjs"), .. DashboardFiles.Paths]);

    /// <summary>A check that can fail: a panel of a type that does not exist, a target that is no list.</summary>
    [Theory]
    [InlineData("\"gridPos\": {", "\"gridpos\": {")]
    [InlineData("\"schemaVersion\": 39", "\"schemaVersion\": \"39\"")]
    public async Task Grafanas_schema_refuses_a_damaged_dashboard(string right, string wrong)
    {
        var damaged = Path.GetTempFileName();
        await File.WriteAllTextAsync(damaged, (await File.ReadAllTextAsync(DashboardFiles.Paths[0])).Replace(right, wrong, StringComparison.Ordinal));
        await using var node = Node(Path.Combine(DashboardFiles.Tests, "validate.mjs"), damaged);
        (await node.ExitedAsync(TimeSpan.FromMinutes(2))).ShouldBe(1, node.Said);
        File.Delete(damaged);
    }

    [Fact]
    public void Each_dashboard_has_its_variables_annotations_and_a_way_to_the_other()
    {
        foreach (var path in DashboardFiles.Paths)
        {
            using var dashboard = JsonDocument.Parse(File.ReadAllText(path));
            var root = dashboard.RootElement;
            ((string[])["datasource", "namespace", "model", "range"]).ShouldBeSubsetOf(Names(root.GetProperty("templating")), path);
            Names(root.GetProperty("annotations")).ShouldContain("Promotions");
            Names(root.GetProperty("annotations")).ShouldContain("Alarms");
            var other = path.Contains("fleet", StringComparison.Ordinal) ? "/d/accuracy-monitor-model" : "/d/accuracy-monitor-fleet";
            File.ReadAllText(path).ShouldContain(other);
            root.GetProperty("panels").EnumerateArray().Select(p => p.GetProperty("title").GetString()).ShouldBeUnique();
        }
    }

    [Fact]
    public void Grafanas_alerts_are_those_of_the_rules_with_every_dollar_of_their_own_escaped()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "helm/accuracy-monitor/grafana-alerts/alerts.yaml"));
        var rules = RuleFiles.Text("alerts.yaml").Split("- alert: ").Length - 1;
        (text.Split("- uid: ").Length - 1).ShouldBe(rules);
        text.Replace("$$", "", StringComparison.Ordinal).Replace("$ACCURACY_MONITOR_DATASOURCE_UID", "", StringComparison.Ordinal).ShouldNotContain("$");
        text.ShouldNotContain("| query", Case.Sensitive, "Grafana's templates have no query");
    }

    private static IEnumerable<string> Names(JsonElement list) => list.GetProperty("list").EnumerateArray().Select(v => v.GetProperty("name").GetString()!);

    private static RealProcess Node(params string[] arguments) => RealProcess.StartIn(Repository.Root, "node", arguments);

    private static async Task NodeAsync(params string[] arguments)
    {
        await using var node = Node(arguments);
        (await node.ExitedAsync(TimeSpan.FromMinutes(2))).ShouldBe(0, node.Said);
    }
}
