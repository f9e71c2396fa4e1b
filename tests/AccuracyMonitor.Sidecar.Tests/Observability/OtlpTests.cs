using System.Collections.Concurrent;
using System.Text;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Observability;

/// <summary>OpenTelemetry finds meters by name in the whole process: no other sidecar may run beside this one's.</summary>
[CollectionDefinition(nameof(OneSidecarInTheProcess), DisableParallelization = true)]
public sealed class OneSidecarInTheProcess;

[Collection(nameof(OneSidecarInTheProcess))]
public sealed class OtlpTests
{
    /// <summary>Posts by path, oldest first.</summary>
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();

    [Fact]
    public async Task Metrics_and_traces_are_pushed_to_the_endpoint_that_is_set()
    {
        await using var collector = await CollectorAsync();
        await using var sidecar = await TestSidecar.StartAsync([.. Push(collector), "--Telemetry:TraceRatio=1", "--Sampling:Budget=1"]);

        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(Batches.Softmax(100, 4, 1)) });

        await Eventually.TrueAsync(
            () => Task.FromResult(((string[])["accuracy_monitor_predictions_total", "accuracy_monitor_expected_correct_total",
                "accuracy_monitor_monitor_valid"]).All(m => Text("/v1/metrics").Contains(m, StringComparison.Ordinal))),
            "the collector hears of the predictions");
        await Eventually.TrueAsync(
            () => Task.FromResult(((string[])["intake", "score", "store"]).All(s => Text("/v1/traces").Contains(s, StringComparison.Ordinal))),
            "the collector hears of the predictions' way");
    }

    /// <summary>A sidecar pushes a last time when it stops, and nothing changes any more: what it pushed then is what /metrics would say.</summary>
    [Fact]
    public async Task Every_series_has_the_same_number_in_both_exporters()
    {
        await using var collector = await CollectorAsync();
        Dictionary<string, double> exposed;
        await using (var sidecar = await MetricsTests.StartBusyAsync(Push(collector)))
        {
            // As many series of one metric as are exported
            await SendManyClassesAsync(sidecar);
            await sidecar.StopAsync();
            exposed = OtlpPoints.Read(ExportTests.Expose(sidecar.Services.GetRequiredService<MetricRegistry>()));
        }

        var pushed = OtlpPoints.Read(_received.Last(r => r.Path == "/v1/metrics").Body);
        exposed.Keys.Count(k => k.StartsWith("accuracy_monitor_class_accuracy_ratio{", StringComparison.Ordinal)).ShouldBe(GaugeFamily.MaxSeries);
        exposed.Keys.Select(Family).Distinct().Count().ShouldBeGreaterThan(40);
        pushed.Keys.Except(exposed.Keys).ShouldBeEmpty("only in OTLP");
        exposed.Keys.Except(pushed.Keys).ShouldBeEmpty("only in /metrics");
        foreach (var (series, value) in exposed)
        {
            // The sum of a histogram is added up in another order.
            pushed[series].ShouldBe(value, series.EndsWith("_sum", StringComparison.Ordinal) ? 1e-9 : 0, series);
        }
    }

    [Fact]
    public async Task A_series_that_ends_is_not_pushed_any_more_and_is_never_pushed_as_zero()
    {
        await using var collector = await CollectorAsync();
        await using var sidecar = await TestSidecar.StartAsync([.. Push(collector), "--Estimation:Windows:0=1s", "--Estimation:MinSamples=1"]);
        const string Confidence = "accuracy_monitor_model_confidence_ratio{model=\"m\",segment=\"\",version=\"1\",window=\"1s\"}";

        for (var round = 0; round < 3; round++)
        {
            await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.8f, 0.2f]]) });
            await Eventually.TrueAsync(() => Task.FromResult(LastPushed().ContainsKey(Confidence)), "the window has predictions");
            await Eventually.TrueAsync(() => Task.FromResult(!LastPushed().ContainsKey(Confidence)), "the window is empty, and the series is gone");
        }

        _received.Where(r => r.Path == "/v1/metrics").Select(r => OtlpPoints.Read(r.Body))
            .Where(p => p.ContainsKey(Confidence)).ShouldAllBe(p => Math.Abs(p[Confidence] - 0.8) < 1e-6);
    }

    private static string[] Push(WebApplication collector) =>
        [$"--Telemetry:OtlpEndpoint={collector.Urls.Single()}", "--Telemetry:OtlpProtocol=HttpProtobuf", "--Telemetry:PushInterval=500ms"];

    private static async Task SendManyClassesAsync(TestSidecar sidecar)
    {
        const int Classes = 300;
        for (var version = 0; version < 3; version++)
        {
            var rows = Enumerable.Range(0, Classes).Select(c => Row(Classes, c % 100)).ToArray();
            var ids = Batches.Ids("many", Classes);
            await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(rows, ids, model: "many", version: $"{version}") });
            await sidecar.Labels.CompleteAsync(new CompleteRequest
            {
                Answers = { ids.Select((id, i) => new Answer { Model = "many", Version = $"{version}", PredictionId = id, Label = (uint)(i % 100) }) },
            });
        }

        await Eventually.TrueAsync(
            async () => (await sidecar.ScrapeAsync()).Split('\n')
                .Count(l => l.StartsWith("accuracy_monitor_class_accuracy_ratio{", StringComparison.Ordinal)) == GaugeFamily.MaxSeries,
            "the classes of three versions have estimates, more than a gauge may export");
    }

    private static float[] Row(int classes, int top)
    {
        var row = new float[classes];
        Array.Fill(row, 0.4f / (classes - 1));
        row[top] = 0.6f;
        return row;
    }

    private static string Family(string series) => series.Split('{')[0];

    private string Text(string path) => string.Concat(_received.Where(r => r.Path == path).Select(r => Encoding.Latin1.GetString(r.Body)));

    private Dictionary<string, double> LastPushed() =>
        _received.LastOrDefault(r => r.Path == "/v1/metrics") is { Body: { } body } ? OtlpPoints.Read(body) : new(StringComparer.Ordinal);

    private async Task<WebApplication> CollectorAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _received.Enqueue((context.Request.Path, body.ToArray()));
            context.Response.StatusCode = StatusCodes.Status200OK;
        });
        await app.StartAsync();
        return app;
    }
}
