using System.Collections.Concurrent;
using System.Text;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Observability;

public sealed class OtlpTests
{
    [Fact]
    public async Task Metrics_and_traces_are_pushed_to_the_endpoint_that_is_set()
    {
        var received = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        await using var collector = await CollectorAsync(received);
        await using var sidecar = await TestSidecar.StartAsync(
            $"--Telemetry:OtlpEndpoint={collector.Urls.Single()}", "--Telemetry:OtlpProtocol=HttpProtobuf", "--Telemetry:PushInterval=500ms", "--Telemetry:TraceRatio=1", "--Sampling:Budget=1");

        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(Batches.Softmax(100, 4, 1)) });

        await Eventually.TrueAsync(
            () => Task.FromResult(received.ContainsKey("/v1/metrics")), "metrics are pushed");
        await Eventually.TrueAsync(
            () => Task.FromResult(received.ContainsKey("/v1/traces")), "traces are pushed");
        await Eventually.TrueAsync(
            () => Task.FromResult(
                received.GetValueOrDefault("/v1/metrics", "").Contains("accuracy_monitor_predictions_total", StringComparison.Ordinal)
                && ((string[])["intake", "score", "store"]).All(s => received.GetValueOrDefault("/v1/traces", "").Contains(s, StringComparison.Ordinal))),
            "the collector hears of the predictions and of their way");
        var metrics = received["/v1/metrics"];
        metrics.ShouldContain("accuracy_monitor_expected_correct_total");
        metrics.ShouldContain("accuracy_monitor_monitor_valid");
    }

    /// <summary>Takes what is posted; names in protobuf are plain text, so looking for them needs no decoder.</summary>
    private static async Task<WebApplication> CollectorAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.AddOrUpdate(context.Request.Path, Encoding.Latin1.GetString(body.ToArray()), (_, old) => old + Encoding.Latin1.GetString(body.ToArray()));
            context.Response.StatusCode = StatusCodes.Status200OK;
        });
        await app.StartAsync();
        return app;
    }
}
