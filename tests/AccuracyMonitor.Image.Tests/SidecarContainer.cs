using System.Globalization;
using System.Text.RegularExpressions;

namespace AccuracyMonitor.Image.Tests;

/// <summary>The sidecar's image as it runs under Kubernetes' "restricted" rules: nothing writable but its volumes, no capability, little memory.</summary>
internal sealed partial class SidecarContainer : IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    private SidecarContainer(string id, int grpc, int http) => (Id, GrpcPort, HttpPort) = (id, grpc, http);

    public string Id { get; }

    public int GrpcPort { get; }

    public int HttpPort { get; }

    public static IReadOnlyList<string> Restrictions =>
        ["--read-only", "--read-only-tmpfs=false", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "256m", "--network", "host"];

    public static async Task<SidecarContainer> StartAsync(string image, CancellationToken cancel, params string[] options)
    {
        var (grpc, http) = (Ports.Free(), Ports.Free());
        var run = await Engine.PodmanAsync(
            [
                "run", "--detach", .. Restrictions, "--volume", $"{Images.Monitor}:/etc/accuracy-monitor/monitor.onnx:ro",
                "--env", $"ACCURACY_MONITOR_Listen__GrpcPort={grpc}", "--env", $"ACCURACY_MONITOR_Listen__HttpPort={http}",
                "--env", "ACCURACY_MONITOR_Listen__Address=127.0.0.1", "--env", "ACCURACY_MONITOR_Monitor__Artifact=/etc/accuracy-monitor/monitor.onnx",
                .. options, image,
            ],
            cancel);
        var container = new SidecarContainer(run.Succeeded("Starting a container"), grpc, http);
        await container.ServingAsync(cancel);
        return container;
    }

    public async Task<string> LogsAsync(CancellationToken cancel) => (await Engine.PodmanAsync(["logs", Id], cancel)).Both;

    public async Task<string> InspectAsync(string format, CancellationToken cancel) =>
        (await Engine.PodmanAsync(["inspect", "--format", format, Id], cancel)).Succeeded("podman inspect");

    /// <summary>The sum over a counter's label sets, from /metrics; 0 where there is none yet.</summary>
    public static async Task<double> MetricAsync(int port, string name, CancellationToken cancel) =>
        MetricLine().Matches(await Http.GetStringAsync($"http://127.0.0.1:{port}/metrics", cancel))
            .Where(m => m.Groups["name"].Value == name)
            .Sum(m => double.Parse(m.Groups["value"].Value, CultureInfo.InvariantCulture));

    public static async Task EventuallyAsync(Func<Task<bool>> condition, string what, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (!await condition())
        {
            limit.IsCancellationRequested.ShouldBeFalse(what);
            await Task.Delay(50, cancel);
        }
    }

    public async ValueTask DisposeAsync() => await Engine.PodmanAsync(["rm", "--force", "--time", "0", "--volumes", Id], default);

    private async Task ServingAsync(CancellationToken cancel)
    {
        var log = "";
        await EventuallyAsync(
            async () =>
            {
                if (await InspectAsync("{{.State.Running}}", cancel) != "true")
                {
                    throw new InvalidOperationException($"The container ended: {await LogsAsync(cancel)}");
                }

                return await IsHealthyAsync(HttpPort, cancel);
            },
            $"The container answers on /healthz. {log}",
            cancel);
    }

    public static async Task<bool> IsHealthyAsync(int port, CancellationToken cancel)
    {
        try
        {
            return (await Http.GetAsync($"http://127.0.0.1:{port}/healthz", cancel)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^(?<name>\w+)(\{[^}]*\})? (?<value>\S+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex MetricLine();
}
