using System.Net.Http.Json;

namespace AccuracyMonitor.Image.Tests;

/// <summary>The pod of pod.yaml: the demo's application and the sidecar, two containers with one folder between them.</summary>
public sealed class PodTests
{
    private const int Pictures = 40;
    private const string Pod = "accuracy-monitor-test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_application_predicts_arrives_over_the_shared_socket_and_both_end_at_SIGTERM()
    {
        var (app, http) = (Ports.Free(), Ports.Free());
        var yaml = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "AccuracyMonitor.Image.Tests", "pod.yaml"), Cancel);
        var manifest = Path.Combine(Engine.Folder, "pod.yaml");
        await File.WriteAllTextAsync(
            manifest, yaml.Replace("PORT_APP", $"{app}", StringComparison.Ordinal).Replace("PORT_HTTP", $"{http}", StringComparison.Ordinal), Cancel);
        try
        {
            (await Engine.PodmanAsync(["play", "kube", "--replace", manifest], Cancel)).Succeeded("podman play kube");
            await SidecarContainer.EventuallyAsync(() => SidecarContainer.IsHealthyAsync(http, Cancel), "the sidecar answers", Cancel);
            await PredictAsync(app);
            await SidecarContainer.EventuallyAsync(
                async () => await SidecarContainer.MetricAsync(http, "accuracy_monitor_predictions_total", Cancel) == Pictures, "every prediction arrives",
                Cancel);

            (await Engine.PodmanAsync(["pod", "stop", "--time", "30", Pod], Cancel)).Succeeded("podman pod stop");
            foreach (var container in (string[])["app", "accuracy-monitor"])
            {
                (await Engine.PodmanAsync(["inspect", "--format", "{{.State.ExitCode}}", $"{Pod}-{container}"], Cancel)).Succeeded("podman inspect")
                    .ShouldBe("0", $"{container}: killed after 30 s, it would say 137");
            }
        }
        finally
        {
            await Engine.PodmanAsync(["play", "kube", "--down", manifest], default);
            await Engine.PodmanAsync(["pod", "rm", "--force", Pod], default);
        }
    }

    private static async Task PredictAsync(int port)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await SidecarContainer.EventuallyAsync(
            async () =>
            {
                try
                {
                    return (await http.GetAsync("/health", Cancel)).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the application answers",
            Cancel);
        var pictures = Enumerable.Range(0, Pictures).Select(i => Convert.ToBase64String([.. Enumerable.Range(0, 784).Select(p => (byte)(p * i))])).ToArray();
        (await http.PostAsJsonAsync("/predict", new { instances = pictures }, Cancel)).EnsureSuccessStatusCode();
    }
}
