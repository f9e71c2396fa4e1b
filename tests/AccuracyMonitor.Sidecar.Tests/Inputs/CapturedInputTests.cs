using System.Runtime.InteropServices;
using System.Text;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.OpenInference;
using AccuracyMonitor.Sidecar.Inputs;
using AccuracyMonitor.Sidecar.Tests.Sinks;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Sidecar.Tests.Tap;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Google.Protobuf;

namespace AccuracyMonitor.Sidecar.Tests.Inputs;

/// <summary>The tap and the sink attach what the model was given: two rows, of which each request gets its own.</summary>
public sealed class CapturedInputTests
{
    private static readonly string[] Settings = ["--Sampling:Budget=1", "--Sampling:Policy=Uniform"];

    private static readonly byte[] Json = Encoding.UTF8.GetBytes(
        """{"inputs":[{"name":"x","shape":[2,2],"datatype":"FP32","data":[[1,2],[3,4]]}]}""");

    [Fact]
    public async Task The_tap_attaches_the_rows_of_a_REST_call()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer(Answers.Rest()), Settings);

        (await tapped.RestAsync(body: Json, headers: [("accuracy-monitor-id", "call")])).Dispose();

        await tapped.UntilAsync("inputs_attached_total", 2);
        (await ReadAsync(tapped.Sidecar, "call#0")).ShouldBe([1, 2]);
        (await ReadAsync(tapped.Sidecar, "call#1")).ShouldBe([3, 4]);
    }

    [Fact]
    public async Task Bytes_behind_the_JSON_are_read_and_a_picture_stays_one()
    {
        byte[] png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 7];
        byte[] blobs = [9, 0, 0, 0, .. png, 2, 0, 0, 0, .. "hi"u8];
        byte[] body = [.. Encoding.UTF8.GetBytes($$$"""
            {"inputs":[{"name":"x","shape":[2,1],"datatype":"BYTES","parameters":{"binary_data_size":{{{blobs.Length}}}}}]}
            """), .. blobs];
        await using var tapped = await Tapped.StartAsync(ScriptedServer.RestAnswer(Answers.Rest()), Settings);

        (await tapped.RestAsync(body: body, headers: [("accuracy-monitor-id", "call")])).Dispose();

        await tapped.UntilAsync("inputs_attached_total", 2);
        var picture = await GetAsync(tapped.Sidecar, "call#0");
        picture.ContentType.ShouldBe("image/png");
        picture.Content.ToByteArray().ShouldBe(png);
        var text = await GetAsync(tapped.Sidecar, "call#1");
        (text.ContentType, text.Content.ToStringUtf8()).ShouldBe(("text/plain", "hi"));
    }

    [Fact]
    public async Task The_tap_attaches_the_rows_of_a_gRPC_call()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.GrpcAnswer(Answers.Frame(Answers.Protobuf())), Settings);

        (await tapped.GrpcAsync(frames: Answers.Frame(Request([1, 2, 3, 4])), headers: [("accuracy-monitor-id", "call")])).Dispose();

        await tapped.UntilAsync("inputs_attached_total", 2);
        (await ReadAsync(tapped.Sidecar, "call#1")).ShouldBe([3, 4]);
        tapped.Sidecar.TapQueue.Inputs!.Bytes.ShouldBe(0, "nothing is held once it is kept");
    }

    [Fact]
    public async Task The_sink_attaches_the_rows_of_a_request_that_came_before_its_answer()
    {
        await using var client = await SinkClient.StartAsync(Settings);

        await client.SendAsync("call", SinkClient.Request, Json);
        await client.SendAsync("call", SinkClient.Response, Answers.Rest());

        await client.UntilAsync("inputs_attached_total", 2);
        (await ReadAsync(client.Sidecar, "call#0")).ShouldBe([1, 2]);
        (await ReadAsync(client.Sidecar, "call#1")).ShouldBe([3, 4]);
    }

    [Theory]
    [InlineData("undecodable", "{}")]
    [InlineData("undecodable", """{"inputs":[{"name":"x","shape":[3],"datatype":"FP32","data":[1,2,3]}]}""")]
    [InlineData("too_large", null)]
    public async Task What_can_not_be_kept_is_counted(string reason, string? body)
    {
        await using var tapped = await Tapped.StartAsync(
            ScriptedServer.RestAnswer(Answers.Rest()), [.. Settings, "--Labelling:Inputs:CaptureBytes=1048576"]);

        (await tapped.RestAsync(body: Encoding.UTF8.GetBytes(body ?? new string(' ', 300_000) + "{}"))).Dispose();

        await tapped.UntilAsync($$"""inputs_missing_total{reason="{{reason}}"}""", 2);
    }

    [Fact]
    public async Task Switched_off_nothing_is_held()
    {
        await using var tapped = await Tapped.StartAsync(
            ScriptedServer.RestAnswer(Answers.Rest()), [.. Settings, "--Labelling:Inputs:Capture=false"]);

        (await tapped.RestAsync(body: Json)).Dispose();

        await tapped.UntilAsync("""label_requests_total{model="m",version="1",policy="uniform"}""", 2);
        (await tapped.MetricAsync("inputs_attached_total")).ShouldBe(0);
        tapped.Sidecar.TapQueue.Inputs!.Bytes.ShouldBe(0);
    }

    private static byte[] Request(float[] values) => new ModelInferRequest
    {
        ModelName = "m",
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 2, 2 } } },
        RawInputContents = { ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) },
    }.ToByteArray();

    private static async Task<double[]> ReadAsync(TestSidecar sidecar, string id)
    {
        var input = await GetAsync(sidecar, id);
        input.ContentType.ShouldBe("application/x-npy");
        var array = NpyArray.Read(input.Content.Memory).ShouldNotBeNull();
        array.Shape.ShouldBe([2]);
        return [.. Enumerable.Range(0, array.Count).Select(i => array[i])];
    }

    private static async Task<GetInputResponse> GetAsync(TestSidecar sidecar, string id) => await sidecar.Labels.GetInputAsync(
        new GetInputRequest { Model = "m", Version = "1", PredictionId = id }, cancellationToken: TestContext.Current.CancellationToken);
}
