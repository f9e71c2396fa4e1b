using AccuracyMonitor.Bridge.Tests.Support;

namespace AccuracyMonitor.Bridge.Tests.Observability;

public sealed class BridgeMetricsTests
{
    /// <summary>Names, types and labels are an interface: dashboards and alerts use them.</summary>
    [Fact]
    public async Task What_the_bridge_did_is_read_at_its_port()
    {
        await using var scene = await BridgeScene.StartAsync();
        await scene.Sidecar.RequestAsync("a", "b");
        await scene.StartBridgeAsync("--Listen:Port=0");
        await scene.PassAsync();
        await scene.Studio.AnnotateAsync(scene.Studio.TaskOf("a"), "1");
        await scene.PassAsync();

        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri($"{scene.BridgeUrl}/metrics"), TestContext.Current.CancellationToken);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var names = lines.Where(l => !l.StartsWith('#')).Select(l => l[..l.LastIndexOf(' ')]).Order(StringComparer.Ordinal).ToArray();
        names.ShouldBe(await File.ReadAllLinesAsync(
            Path.Combine(AppContext.BaseDirectory, "Golden", "bridge-metrics.txt"), TestContext.Current.CancellationToken));
        lines.ShouldContain("accuracy_monitor_bridge_tasks_total{outcome=\"created\"} 2");
        lines.ShouldContain("accuracy_monitor_bridge_annotations_total{outcome=\"label\"} 1");
        lines.ShouldContain("accuracy_monitor_bridge_requests{state=\"open\"} 1");
        lines.ShouldContain("accuracy_monitor_bridge_polls_total 2");
        lines.ShouldContain(FormattableString.Invariant(
            $"accuracy_monitor_bridge_last_poll_timestamp_seconds {scene.Time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0:R}"));
    }
}
