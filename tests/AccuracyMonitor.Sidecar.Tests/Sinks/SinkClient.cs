using System.Net;
using System.Net.Http.Headers;
using AccuracyMonitor.Sidecar.Tests.Support;

namespace AccuracyMonitor.Sidecar.Tests.Sinks;

/// <summary>A sidecar with a sink, and what sends events to it.</summary>
internal sealed class SinkClient : IAsyncDisposable
{
    public const string Request = "org.kubeflow.serving.inference.request";
    public const string Response = "org.kubeflow.serving.inference.response";

    private readonly HttpClient _http = new();
    private readonly AwaitedMetrics _awaited;

    private SinkClient(TestSidecar sidecar) => (Sidecar, _awaited) = (sidecar, new AwaitedMetrics(sidecar));

    public TestSidecar Sidecar { get; }

    public static async Task<SinkClient> StartAsync(params string[] settings) => new(await TestSidecar.StartAsync(["--Sink:Port=0", .. settings]));

    /// <summary>One half of a call, in binary mode, with the attributes of KServe's logger.</summary>
    public Task SendAsync(
        string id, string type, byte[] body, string component = "predictor", string service = "", string contentType = "application/json") => PostAsync(
        "/",
        body,
        contentType,
        ("Ce-Specversion", "1.0"),
        ("Ce-Id", id),
        ("Ce-Type", type),
        ("Ce-Source", "http://localhost:9081/"),
        ("Ce-Component", component),
        ("Ce-Inferenceservicename", service));

    /// <summary>Posts, and demands the 200 that every sender must get.</summary>
    public async Task<byte[]> PostAsync(string path, byte[] body, string? contentType, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Sidecar.SinkAddress, path)) { Content = new ByteArrayContent(body) };
        if (contentType is not null)
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        using var response = await _http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsByteArrayAsync();
    }

    public async Task<double> MetricAsync(string series) => await Sidecar.MetricAsync("accuracy_monitor_" + series) ?? 0;

    public Task UntilAsync(string series, double value) => _awaited.UntilAsync(series, value);

    public Task UntilPredictionsAsync(double value, string model = "m", string version = "1") =>
        UntilAsync($$"""predictions_total{model="{{model}}",version="{{version}}"}""", value);

    public Task UntilEventsAsync(string outcome, double value) => UntilAsync($$"""sink_events_total{outcome="{{outcome}}"}""", value);

    public Task UntilFailureAsync(string reason, double value) => UntilAsync($$"""capture_failures_total{source="sink",reason="{{reason}}"}""", value);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _awaited.ShouldStillHoldAsync();
        await Sidecar.DisposeAsync();
    }
}
