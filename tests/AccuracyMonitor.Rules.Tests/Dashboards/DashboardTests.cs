using System.Globalization;
using System.Text.Json;
using AccuracyMonitor.Rules.Tests.Chain;
using AccuracyMonitor.Rules.Tests.Support;

namespace AccuracyMonitor.Rules.Tests.Dashboards;

/// <summary>The dashboards on a real Prometheus that scraped a real sidecar during a replay.</summary>
[Collection(nameof(ChainRun))]
public sealed class DashboardTests(ChainRun run)
{
    private static readonly TimeSpan BrowserLimit = TimeSpan.FromMinutes(2);

    // Longer than the replay, and the sidecar's own start.
    private static readonly TimeSpan Stretch = TimeSpan.FromSeconds((60 * ChainRun.Slowdown) + 30);

    [Fact]
    public async Task Every_panels_every_query_is_answered_and_not_with_nothing()
    {
        List<string> empty = [];
        foreach (var path in DashboardFiles.Paths)
        {
            using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(path));
            foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(p => p.TryGetProperty("targets", out _)))
            {
                foreach (var target in panel.GetProperty("targets").EnumerateArray())
                {
                    var expression = target.GetProperty("expr").GetString()!;
                    if (await PointsAsync(expression) == 0)
                    {
                        empty.Add($"{Path.GetFileName(path)}, {panel.GetProperty("title").GetString()}: {expression}");
                    }
                }
            }
        }

        empty.ShouldBeEmpty();
    }

    [Fact]
    public async Task Annotations_are_queries_that_Prometheus_takes()
    {
        foreach (var path in DashboardFiles.Paths)
        {
            using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(path));
            foreach (var annotation in dashboard.RootElement.GetProperty("annotations").GetProperty("list").EnumerateArray()
                .Where(a => a.TryGetProperty("expr", out _)))
            {
                var name = annotation.GetProperty("name").GetString();
                var points = await PointsAsync(annotation.GetProperty("expr").GetString()!);
                if (name != "Promotions")
                {
                    points.ShouldBeGreaterThan(0, $"the replay had an alarm and an alert: {name}");
                }
            }
        }
    }

    /// <summary>Argo Rollouts gives the first number of an answer as result[0]: the bounds must come in order.</summary>
    [Fact]
    public async Task The_analysis_of_a_rollout_asks_for_the_bounds_lower_first()
    {
        var queries = QueriesOf(ChainRun.Turning);
        queries.Length.ShouldBe(2);
        (await PointsAsync(queries[0])).ShouldBeGreaterThan(0, queries[0]);

        // The version with the most traffic is the stable one and has no difference to itself; of two with equal traffic either may be it.
        (await PointsAsync(queries[1]) + await PointsAsync(QueriesOf(ChainRun.Steady)[1])).ShouldBeGreaterThan(0, queries[1]);

        using var answer =
            await run.Prometheus.GetAsync($"/api/v1/query?query={Uri.EscapeDataString(queries[0])}&time={run.Shift.Recovered.ToUnixTimeSeconds()}");
        var bounds = answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().ToArray();
        bounds.Select(b => b.GetProperty("metric").GetProperty("bound").GetString()).ShouldBe(["lower", "upper"]);
    }

    private static string[] QueriesOf(string version) =>
    [
        .. RuleFiles.Text("analysis-template.yaml").Replace("{{args.namespace}}", "ml", StringComparison.Ordinal)
            .Replace("{{args.model}}", ChainRun.Model, StringComparison.Ordinal).Replace("{{args.version}}", version, StringComparison.Ordinal)
            .Split("query: |")[1..].Select(q => q.Split("\n    #")[0].Trim()),
    ];

    [Theory]
    [InlineData("accuracy-fleet", 2300)]
    [InlineData("accuracy-model", 3260)]
    public async Task A_browser_draws_every_panel(string name, int height)
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(DashboardFiles.Folder, $"{name}.json")));
        var panels = dashboard.RootElement.GetProperty("panels").GetArrayLength();
        var folder = Directory.CreateTempSubdirectory("am-page-");
        var page = Path.Combine(folder.FullName, "page.html");
        var end = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string[] variables = [.. Variables.SelectMany(v => (string[])["--set", $"{v.Key}={v.Value}"])];
        await using var view = RealProcess.Start(
            "node", [Path.Combine(DashboardFiles.Folder, "view.mjs"), name, run.Prometheus.Address.ToString().TrimEnd('/'), "--from",
                $"{end - Stretch.TotalSeconds}", "--to", $"{end}", "--step", $"{0.5 * ChainRun.Slowdown}", .. variables]);
        (await view.ExitedAsync(BrowserLimit)).ShouldBe(0, view.Said);
        await File.WriteAllTextAsync(page, view.Said);

        var picture = Path.Combine(Environment.GetEnvironmentVariable("ACCURACY_MONITOR_KEEP_PICTURES") ?? folder.FullName, $"{name}.png");
        await BrowseAsync(folder, page, height, $"--screenshot={picture}");
        var drawn = await BrowseAsync(folder, page, height, "--dump-dom");

        drawn.ShouldContain($"data-done=\"{panels}\"");
        drawn.ShouldContain("data-empty=\"0\"");
        (await File.ReadAllBytesAsync(picture)).Length.ShouldBeGreaterThan(20_000);
        folder.Delete(recursive: true);
    }

    private static Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal)
    {
        ["namespace"] = ".*",
        ["model"] = Environment.GetEnvironmentVariable("ACCURACY_MONITOR_PICTURE_MODEL") ?? ".*",
        ["version"] = ".*",
        ["range"] = "1h",
        ["window"] = "10s",
        ["__rate_interval"] = $"{5 * ChainRun.Slowdown}s",
    };

    private static async Task<string> BrowseAsync(DirectoryInfo folder, string page, int height, string what)
    {
        await using var browser = RealProcess.Start(
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync",
            $"--user-data-dir={Path.Combine(folder.FullName, "profile")}", $"--window-size=1400,{height}", "--hide-scrollbars", "--virtual-time-budget=20000",
            what, new Uri(page).ToString());
        (await browser.ExitedAsync(BrowserLimit)).ShouldBe(0, browser.Said);
        return browser.Said;
    }

    /// <summary>Since the run began: on a busy machine it takes longer than <see cref="Stretch"/>.</summary>
    private string Query(string expression)
    {
        var (start, end) = (run.Started.ToUnixTimeMilliseconds() / 1000.0, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
        return string.Create(
            CultureInfo.InvariantCulture, $"query={Uri.EscapeDataString(expression)}&start={start}&end={end}&step={ChainRun.Slowdown}");
    }

    private async Task<int> PointsAsync(string expression)
    {
        foreach (var (name, value) in Variables)
        {
            expression = expression.Replace($"${name}", value, StringComparison.Ordinal);
        }

        expression.ShouldNotContain("$");
        using var answer = await run.Prometheus.GetAsync($"/api/v1/query_range?{Query(expression)}");
        return answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
            .Sum(s => s.GetProperty("values").EnumerateArray().Count(v => v[1].GetString() != "NaN"));
    }
}
