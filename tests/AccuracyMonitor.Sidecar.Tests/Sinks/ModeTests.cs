using System.Text;
using System.Text.Json;
using AccuracyMonitor.Capture.OpenInference;
using AccuracyMonitor.Tests.ModelServers;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Core;
using CloudNative.CloudEvents.SystemTextJson;

namespace AccuracyMonitor.Sidecar.Tests.Sinks;

public sealed class ModeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_structured_event_of_the_SDK_is_read_with_data_of_both_kinds(bool base64)
    {
        await using var client = await SinkClient.StartAsync();

        var body = new JsonEventFormatter().EncodeStructuredModeMessage(Event("a", base64), out var contentType);
        await client.PostAsync("/", body.ToArray(), contentType.ToString());

        contentType.MediaType.ShouldBe("application/cloudevents+json");
        Encoding.UTF8.GetString(body.Span).ShouldContain(base64 ? "\"data_base64\"" : "\"data\"");
        await client.UntilPredictionsAsync(2);
    }

    [Fact]
    public async Task A_batch_of_the_SDK_is_read_and_one_bad_event_in_it_takes_no_other_along()
    {
        await using var client = await SinkClient.StartAsync();
        var bytes = new JsonEventFormatter().EncodeBatchModeMessage([Event("a", false), Event("b", true)], out var contentType);
        var good = Encoding.UTF8.GetString(bytes.Span);

        await client.PostAsync("/", Encoding.UTF8.GetBytes($"[{{\"id\":7}},{good[1..^1]},\"text\"]"), contentType.ToString());

        await client.UntilPredictionsAsync(4);
        await client.UntilEventsAsync("unreadable", 2);
    }

    [Fact]
    public async Task Headers_of_an_event_count_before_a_content_type_that_was_copied_from_a_request()
    {
        await using var client = await SinkClient.StartAsync();

        await client.SendAsync("a", SinkClient.Response, Answers.Rest(), contentType: "application/cloudevents+json");
        await client.SendAsync("b", SinkClient.Response, Answers.Frame(Answers.Protobuf()), contentType: "application/json");
        await client.SendAsync("c", SinkClient.Response, Answers.Rest(), contentType: "application/grpc");

        await client.UntilPredictionsAsync(6);
    }

    [Fact]
    public async Task MLServers_events_of_version_0_3_are_read()
    {
        await using var client = await SinkClient.StartAsync();

        await client.PostAsync(
            "/",
            Answers.Rest(model: null, version: null),
            "application/json",
            ("Ce-Specversion", "0.3"),
            ("Ce-Source", "io.seldon.serving.deployment.mlserver"),
            ("Ce-Type", "io.seldon.serving.inference.response"),
            ("Ce-Modelid", "iris"),
            ("Ce-Inferenceservicename", "mlserver"),
            ("Ce-Id", "7f"),
            ("Ce-Requestid", "8e"));

        await client.UntilPredictionsAsync(2, "iris", "unversioned");
    }

    [Theory]
    [InlineData("response", "OK", 2, 0)]
    [InlineData("RESPONSE", "", 2, 0)]
    [InlineData("response", "UNAVAILABLE", 0, 1)]
    public async Task ModelMeshs_payload_is_read(string kind, string status, int predictions, int failed)
    {
        await using var client = await SinkClient.StartAsync();

        await client.PostAsync("/consumer/kserve/v2", ModelMesh("a", kind, status, Answers.Protobuf(model: "", version: "")), "application/json");

        await client.UntilEventsAsync("response", 1);
        await client.UntilPredictionsAsync(predictions, "fashion", "unversioned");
        await client.UntilFailureAsync("failed_call", failed);
    }

    [Fact]
    public async Task ModelMeshs_two_halves_are_a_pair()
    {
        await using var client = await SinkClient.StartAsync("--Sink:PendingLifetime=100ms");

        await client.PostAsync("/consumer/kserve/v2", ModelMesh("a", "request", "", Answers.Request("m", "1")), "application/json");
        await client.PostAsync("/consumer/kserve/v2", ModelMesh("a", "response", "OK", Answers.Protobuf()), "application/json");
        await client.PostAsync("/consumer/kserve/v2", ModelMesh("b", "request", "", Answers.Request("m", "1")), "application/json");

        await client.UntilPredictionsAsync(2);
        await client.UntilAsync("""sink_unpaired_total{kind="request"}""", 1);
        (await client.MetricAsync("""sink_unpaired_total{kind="response"}""")).ShouldBe(0);
    }

    [Fact]
    public async Task KServes_log_requests_are_read_and_given_back_to_be_stored()
    {
        await using var client = await SinkClient.StartAsync();
        var body = JsonSerializer.SerializeToUtf8Bytes(new[]
        {
            new
            {
                url = new { Scheme = "s3", Host = "bucket" }, bytes = Answers.Rest(), contentType = "application/json", reqType = SinkClient.Response, id = "a",
                sourceUri = new { Scheme = "http", Host = "localhost:9081" }, inferenceService = "fashion", @namespace = "ns", component = "predictor",
                endpoint = "",
            },
        });

        var answer = await client.PostAsync("/marshal", body, "application/json");

        answer.ShouldBe(body);
        await client.UntilPredictionsAsync(2);
    }

    private static byte[] ModelMesh(string id, string kind, string status, byte[] data) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        id,
        modelid = "fashion__isvc-3642375d03",
        vModelId = "fashion",
        data = Convert.ToBase64String(data),
        kind,
        status,
        metadata = new { },
    });

    private static CloudEvent Event(string id, bool base64) => new(CloudEventsSpecVersion.V1_0)
    {
        Id = id,
        Type = SinkClient.Response,
        Source = new Uri("http://localhost:9081/"),
        Time = TimeProvider.System.GetUtcNow(),
        DataContentType = base64 ? "application/octet-stream" : "application/json",
        Data = base64 ? Answers.Rest() : JsonDocument.Parse(Answers.Rest()),
        ["component"] = "predictor",
    };
}
