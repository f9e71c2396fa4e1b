using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using AccuracyMonitor.Hosting;
using AccuracyMonitor.OpenInference;
using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Tests.Sinks;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Sidecar.Tests.Tap;

public sealed class GrpcTapTests
{
    private static readonly byte[] Answer = Answers.Frame(Answers.Protobuf());

    [Fact]
    public async Task A_call_passes_as_it_is_and_its_answer_is_read()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.GrpcAnswer(Answer));

        using var answer = await tapped.GrpcAsync(headers: [("custom-bin", "AAEC"), ("grpc-timeout", "10S")]);

        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(Answer);
        answer.TrailingHeaders.GetValues("grpc-status").ShouldBe(["0"]);
        answer.Headers.GetValues("accuracy-monitor-id").ShouldHaveSingleItem();
        var asked = tapped.Server.Calls.ShouldHaveSingleItem();
        asked.Body.ShouldBe(Answers.Frame(Answers.Request("m", "")));
        asked.Headers["custom-bin"].ShouldBe("AAEC");
        asked.Headers["grpc-timeout"].ShouldBe("10S");
        asked.Headers["te"].ShouldBe("trailers");
        await tapped.UntilCapturedAsync(2);
        await tapped.UntilAsync("""predictions_total{model="m",version="1"}""", 2);
        await tapped.UntilCallsAsync("grpc", "answered", 1);
    }

    [Theory]
    [InlineData("FP16")]
    [InlineData("BF16")]
    [InlineData("FP64")]
    [InlineData("FP32")]
    public async Task Every_precision_is_read(string datatype)
    {
        float[] rows = [0.25f, 0.75f, 0.5f, 0.5f];
        var bytes = new List<byte>();
        foreach (var value in rows)
        {
            var cell = new byte[8];
            switch (datatype)
            {
                case "FP16": BinaryPrimitives.WriteHalfLittleEndian(cell, (Half)value); bytes.AddRange(cell[..2]); break;
                case "BF16": bytes.AddRange(BitConverter.GetBytes(value)[2..]); break;
                case "FP64": BinaryPrimitives.WriteDoubleLittleEndian(cell, value); bytes.AddRange(cell); break;
                default: BinaryPrimitives.WriteSingleLittleEndian(cell, value); bytes.AddRange(cell[..4]); break;
            }
        }

        await using var tapped = await Tapped.StartAsync(ScriptedServer.GrpcAnswer(SomeAnswer.Frame(SomeAnswer.Raw(datatype, [.. bytes], 2, 2))));

        (await tapped.GrpcAsync()).Dispose();

        await tapped.UntilCapturedAsync(2);
        await tapped.UntilAsync("""predictions_total{model="m",version="3"}""", 2);
    }

    [Fact]
    public async Task A_packed_message_is_read()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.GrpcAnswer(Answers.Frame(Answers.Gzip(Answers.Protobuf()), flag: 1), encoding: "gzip"));

        using var answer = await tapped.GrpcAsync(headers: [("grpc-accept-encoding", "gzip")]);

        answer.Headers.GetValues("grpc-encoding").ShouldBe(["gzip"]);
        await tapped.UntilCapturedAsync(2);
    }

    [Fact]
    public async Task Logits_are_read_where_a_rule_says_so()
    {
        float[] logits = [3, 0, -2, 0, 0, 0];
        await using var tapped =
            await Tapped.StartAsync(ScriptedServer.GrpcAnswer(SomeAnswer.Frame(SomeAnswer.Fp32(logits, 2, 3))), "--Tap:Outputs:0=m=p,logits");

        (await tapped.GrpcAsync()).Dispose();

        await tapped.UntilCapturedAsync(2);
        (await tapped.MetricAsync("""rejected_total{reason="SUM_OUT_OF_TOLERANCE"}""")).ShouldBe(0);
    }

    [Fact]
    public async Task A_status_in_the_trailers_that_is_no_success_keeps_the_message_out()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.GrpcAnswer(Answer, status: (int)StatusCode.Internal));

        using var answer = await tapped.GrpcAsync();
        await answer.Content.ReadAsByteArrayAsync();

        answer.TrailingHeaders.GetValues("grpc-status").ShouldBe(["13"]);
        await tapped.UntilFailureAsync("failed_call", 1);
        (await tapped.MetricAsync("""captured_total{source="tap"}""")).ShouldBe(0);
    }

    [Fact]
    public async Task A_failure_without_a_body_passes()
    {
        await using var tapped = await Tapped.StartAsync(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "5";
            context.Response.Headers["grpc-message"] = "no such model";
            return Task.CompletedTask;
        });

        var e = await Should.ThrowAsync<RpcException>(async () => await tapped.Client.ModelInferAsync(new ModelInferRequest { ModelName = "m" }));

        e.StatusCode.ShouldBe(StatusCode.NotFound);
        e.Status.Detail.ShouldBe("no such model");
        await tapped.UntilCallsAsync("grpc", "failed", 1);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_UNAVAILABLE()
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.GrpcAnswer(Answer));
        await tapped.Server.DisposeAsync();

        var e = await Should.ThrowAsync<RpcException>(async () => await tapped.Client.ModelInferAsync(new ModelInferRequest { ModelName = "m" }));

        e.StatusCode.ShouldBe(StatusCode.Unavailable);
        await tapped.UntilCallsAsync("grpc", "unreachable", 1);
    }

    [Fact]
    public async Task Other_methods_pass()
    {
        var metadata = new ModelMetadataResponse { Name = "m", Platform = "onnxruntime_onnx" };
        await using var tapped = await Tapped.StartAsync(ScriptedServer.GrpcAnswer(SomeAnswer.Frame(metadata)));

        (await tapped.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "m" })).ShouldBe(metadata);

        (await tapped.MetricAsync("""tap_calls_total{protocol="grpc",outcome="answered"}""")).ShouldBe(0);
    }

    [Theory]
    [InlineData("/tensorflow.serving.PredictionService/Predict", "application/grpc")]
    [InlineData(Tapped.InferPath, "application/grpc-web+proto")]
    public async Task A_call_that_is_not_read_is_a_capture_failure(string path, string contentType)
    {
        await using var tapped = await Tapped.StartAsync(ScriptedServer.GrpcAnswer(Answer));

        (await tapped.GrpcAsync(path, contentType: contentType)).Dispose();

        await tapped.UntilFailureAsync("other_protocol", 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Both_kinds_of_streams_are_read_message_by_message(bool nested)
    {
        var turn = new SemaphoreSlim(0);
        var plain = ModelInferResponse.Parser.ParseFrom(Answers.Protobuf());
        IMessage message = nested ? new ModelStreamInferResponse { InferResponse = plain } : plain;
        await using var server = await ScriptedServer.StartAsync(
            async context =>
            {
                context.Response.ContentType = "application/grpc";
                context.Response.DeclareTrailer("grpc-status");
                await context.Response.StartAsync();
                for (var i = 0; i < 3; i++)
                {
                    await turn.WaitAsync();
                    await context.Response.Body.WriteAsync(SomeAnswer.Frame(message));
                }

                context.Response.AppendTrailer("grpc-status", "0");
            },
            readFirst: false);
        await using var tapped = await Tapped.OfAsync(server);

        // Awaited to its end only after its messages.
        var calling = tapped.GrpcAsync("/inference.GRPCInferenceService/ModelStreamInfer");
        for (var i = 1; i <= 3; i++)
        {
            // Each is counted while the stream goes on.
            turn.Release();
            await tapped.UntilCapturedAsync(2 * i);
        }

        using var call = await calling;
        (await call.Content.ReadAsByteArrayAsync()).Length.ShouldBe(3 * SomeAnswer.Frame(message).Length);
        await tapped.UntilAsync("""predictions_total{model="m",version="1"}""", 6);
        await tapped.UntilCallsAsync("grpc", "answered", 1);
        (await tapped.MetricAsync("""capture_failures_total{source="tap",reason="duplicate_id"}""")).ShouldBe(0);
    }

    [Fact]
    public async Task An_error_in_a_stream_is_a_capture_failure_and_the_stream_goes_on()
    {
        byte[] frames =
        [
            .. SomeAnswer.Frame(new ModelStreamInferResponse { ErrorMessage = "out of memory" }),
            .. SomeAnswer.Frame(new ModelStreamInferResponse { InferResponse = ModelInferResponse.Parser.ParseFrom(Answers.Protobuf()) }),
        ];
        await using var tapped = await Tapped.StartAsync(ScriptedServer.GrpcAnswer(frames));

        (await tapped.GrpcAsync("/inference.GRPCInferenceService/ModelStreamInfer")).Dispose();

        await tapped.UntilFailureAsync("failed_call", 1);
        await tapped.UntilCapturedAsync(2);
    }

    [Fact]
    public async Task A_hundred_and_fifty_calls_at_a_time_pass()
    {
        var (here, all) = (0, new TaskCompletionSource());
        const int Calls = 150;
        await using var server = await ScriptedServer.StartAsync(
            async context =>
            {
                if (Interlocked.Increment(ref here) == Calls)
                {
                    all.TrySetResult();
                }

                await all.Task;
                await ScriptedServer.GrpcAnswer(Answer)(context);
            },
            readFirst: false);
        await using var tapped = await Tapped.OfAsync(server);

        await Task.WhenAll(Enumerable.Range(0, Calls).Select(async _ =>
        {
            using var answer = await tapped.GrpcAsync();
            answer.TrailingHeaders.GetValues("grpc-status").ShouldBe(["0"]);
        }));

        await tapped.UntilCallsAsync("grpc", "answered", Calls);
        await tapped.UntilCapturedAsync(2 * Calls);
    }

    /// <summary>As a server does that needs no more of the request than it has: HTTP/2 lets it end the stream, with success.</summary>
    [Fact]
    public async Task An_answer_that_does_not_wait_for_the_end_of_the_request_is_read()
    {
        await using var server = await ScriptedServer.StartAsync(ScriptedServer.GrpcAnswer(Answer), readFirst: false);
        await using var tapped = await Tapped.OfAsync(server);
        var end = new TaskCompletionSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(tapped.Sidecar.TapAddress(ListenerUse.TapGrpc), Tapped.InferPath))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new UnendedContent(Answers.Frame(Answers.Request("m", "")), end.Task),
        };

        using var answer = await tapped.Http.SendAsync(request);
        end.SetResult();

        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(Answer);
        answer.TrailingHeaders.GetValues("grpc-status").ShouldBe(["0"]);
        await tapped.UntilCallsAsync("grpc", "answered", 1);
        await tapped.UntilCapturedAsync(2);
    }

    [Fact]
    public async Task What_is_copied_is_bounded_and_what_passes_is_not()
    {
        byte[] frames = [.. SomeAnswer.Frame(new ModelInferResponse { ModelName = new string('x', 200_000) }), .. Answer];
        await using var tapped = await Tapped.StartAsync(ScriptedServer.GrpcAnswer(frames), "--Tap:MaxAnswerBytes=100000");

        using var answer = await tapped.GrpcAsync("/inference.GRPCInferenceService/ModelStreamInfer");

        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(frames);
        await tapped.UntilFailureAsync("too_large", 1);
        await tapped.UntilCapturedAsync(2);
    }

    [Fact]
    public async Task Values_of_shared_memory_are_a_capture_failure()
    {
        var answer = SomeAnswer.Fp32([], 1, 3);
        answer.RawOutputContents.Clear();
        answer.Outputs[0].Parameters.Add("shared_memory_region", new InferParameter { StringParam = "out" });
        await using var tapped = await Tapped.StartAsync(ScriptedServer.GrpcAnswer(SomeAnswer.Frame(answer)));

        (await tapped.GrpcAsync()).Dispose();

        await tapped.UntilFailureAsync("shared_memory", 1);
    }

    private sealed class UnendedContent : HttpContent
    {
        private readonly byte[] _bytes;
        private readonly Task _end;

        public UnendedContent(byte[] bytes, Task end)
        {
            (_bytes, _end) = (bytes, end);
            Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_bytes);
            await stream.FlushAsync();
            await _end;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
