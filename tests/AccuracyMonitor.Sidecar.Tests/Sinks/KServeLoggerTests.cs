using System.Net.Sockets;
using System.Text;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;

namespace AccuracyMonitor.Sidecar.Tests.Sinks;

/// <summary>What KServe's logger puts on the wire, byte for byte: header names as Go writes them, the content-type of the request on the answer.</summary>
public sealed class KServeLoggerTests
{
    private const string Id = "0a8d3c3e-6e0b-4b0a-9a52-1f6c7f9a1d11";

    [Fact]
    public async Task Both_halves_of_a_REST_call_are_one_capture_and_one_pair()
    {
        await using var client = await SinkClient.StartAsync();

        await SendAsync(
            client, Event(SinkClient.Request, "application/json", """{"inputs":[{"name":"x","shape":[2,1],"datatype":"FP32","data":[1,2]}]}"""u8.ToArray()));
        await SendAsync(client, Event(SinkClient.Response, "application/json", Answers.Rest()));

        await client.UntilPredictionsAsync(2);
        (await client.MetricAsync("""captured_total{source="sink"}""")).ShouldBe(2);
        (await client.MetricAsync("""sink_events_total{outcome="request"}""")).ShouldBe(1);
        (await client.MetricAsync("""sink_events_total{outcome="response"}""")).ShouldBe(1);
        (await client.Sidecar.ScrapeAsync()).ShouldNotContain("capture_failures_total{source=\"sink\",reason=\"undecodable\"}");
    }

    [Fact]
    public async Task A_gRPC_answer_comes_as_a_frame()
    {
        await using var client = await SinkClient.StartAsync();

        await SendAsync(client, Event(SinkClient.Request, "application/grpc", Answers.Frame(Answers.Request("m", ""))));
        await SendAsync(client, Event(SinkClient.Response, "application/grpc", Answers.Frame(Answers.Protobuf())));

        await client.UntilPredictionsAsync(2);
    }

    [Fact]
    public async Task A_gRPC_call_that_failed_is_an_empty_body_and_a_capture_failure()
    {
        await using var client = await SinkClient.StartAsync();

        await SendAsync(client, Event(SinkClient.Response, "application/grpc", []));

        await client.UntilFailureAsync("failed_call", 1);
    }

    [Fact]
    public async Task The_ids_of_predictions_are_the_events_id_and_the_row()
    {
        await using var client = await SinkClient.StartAsync("--Sampling:Budget=1", "--Sampling:Policy=Uniform");

        await SendAsync(client, Event(SinkClient.Response, "application/json", Answers.Rest()));

        await client.UntilPredictionsAsync(2);
        await Eventually.TrueAsync(
            async () => await client.MetricAsync("""label_requests_total{model="m",version="1",policy="uniform"}""") == 2, "both rows are asked for");
        var answered = await client.Sidecar.Labels.CompleteAsync(new V1.CompleteRequest
        {
            Answers = { new V1.Answer { Model = "m", Version = "1", PredictionId = $"{Id}#0", Label = 0 },
                new V1.Answer { Model = "m", Version = "1", PredictionId = $"{Id}#1", Label = 1 } },
        });
        answered.ToString().ShouldNotContain("NOT_FOUND");
        (await client.MetricAsync("""labels_total{model="m",version="1",outcome="correct"}""")).ShouldBe(2);
    }

    private static byte[] Event(string type, string contentType, byte[] body) =>
    [
        .. Encoding.ASCII.GetBytes(string.Join(
            "\r\n",
            "POST / HTTP/1.1",
            "Host: accuracy-monitor.kserve-test:7703",
            "User-Agent: Go-http-client/1.1",
            $"Content-Length: {body.Length}",
            "Ce-Annotations: {\"team\":\"vision\"}",
            "Ce-Component: predictor",
            "Ce-Endpoint: default",
            $"Ce-Id: {Id}",
            "Ce-Inferenceservicename: fashion",
            "Ce-Metadata: {\"X-Tenant\":[\"eu\"]}",
            "Ce-Namespace: kserve-test",
            $"Ce-Recordedtime: {TimeProvider.System.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'}",
            "Ce-Source: http://localhost:9081/",
            "Ce-Specversion: 1.0",
            $"Ce-Time: {TimeProvider.System.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'}",
            $"Ce-Type: {type}",
            $"Content-Type: {contentType}",
            "Accept-Encoding: gzip",
            "",
            "")),
        .. body,
    ];

    private static async Task SendAsync(SinkClient client, byte[] request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(client.Sidecar.SinkAddress.Host, client.Sidecar.SinkAddress.Port);
        await socket.GetStream().WriteAsync(request);
        using var reader = new StreamReader(socket.GetStream());
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 200 OK");
    }
}
