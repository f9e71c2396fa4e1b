using System.Text;
using AccuracyMonitor.Capture.Tap;
using AccuracyMonitor.OpenInference;
using AccuracyMonitor.Sidecar.Tests.Sinks;
using AccuracyMonitor.Tests.ModelServers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Tap;

public sealed class ModelMetadataTests
{
    private const string MetadataPath = "/inference.GRPCInferenceService/ModelMetadata";

    [Fact]
    public async Task The_output_that_the_metadata_names_is_read_and_it_is_asked_for_once()
    {
        await using var tapped = await StartAsync([("embedding", "FP32", [-1, 4, 4]), ("p", "FP32", [-1, 3])], SomeAnswer.Fp32(Answers.Rows, 2, 3));

        for (var i = 0; i < 3; i++)
        {
            (await tapped.GrpcAsync()).Dispose();
        }

        await tapped.UntilCapturedAsync(6);
        tapped.Server.Calls.Count(c => c.Path == MetadataPath).ShouldBe(1);
    }

    [Fact]
    public async Task An_embedding_that_was_asked_for_alone_is_not_taken_for_the_classes()
    {
        var embedding = SomeAnswer.Fp32([0.5f, 0.5f, 0, 0], 1, 4);
        embedding.Outputs[0].Name = "attention";
        await using var tapped = await StartAsync([("p", "FP32", [-1, 3])], embedding);

        (await tapped.GrpcAsync()).Dispose();

        await tapped.UntilFailureAsync("output_missing", 1);
        (await tapped.MetricAsync("""captured_total{source="tap"}""")).ShouldBe(0);
    }

    [Fact]
    public async Task Two_outputs_that_could_be_it_are_a_capture_failure_until_a_rule_names_one()
    {
        (string, string, long[])[] outputs = [("p", "FP32", [-1, 3]), ("q", "FP32", [-1, 3])];
        await using (var tapped = await StartAsync(outputs, SomeAnswer.Fp32(Answers.Rows, 2, 3)))
        {
            (await tapped.GrpcAsync()).Dispose();
            await tapped.UntilFailureAsync("ambiguous_output", 1);
        }

        await using var named = await StartAsync(outputs, SomeAnswer.Fp32(Answers.Rows, 2, 3), "--Tap:Outputs:0=m=p");
        (await named.GrpcAsync()).Dispose();
        await named.UntilCapturedAsync(2);
        named.Server.Calls.ShouldNotContain(c => c.Path == MetadataPath);
    }

    [Fact]
    public async Task One_dimension_of_fixed_size_is_one_row()
    {
        await using var tapped = await StartAsync([("p", "FP32", [3])], SomeAnswer.Fp32([0.5f, 0.25f, 0.25f], 3));

        (await tapped.GrpcAsync()).Dispose();

        await tapped.UntilCapturedAsync(1);
    }

    [Fact]
    public async Task Without_metadata_the_answer_alone_decides()
    {
        await using var tapped = await Tapped.StartAsync(
            context => context.Request.Path == MetadataPath
                ? ScriptedServer.GrpcAnswer([], status: 12)(context)
                : ScriptedServer.GrpcAnswer(SomeAnswer.Frame(SomeAnswer.Fp32(Answers.Rows, 2, 3)))(context),
            "--Tap:Metadata=true");

        (await tapped.GrpcAsync()).Dispose();

        await tapped.UntilCapturedAsync(2);
    }

    [Fact]
    public async Task REST_is_asked_over_REST()
    {
        var metadata =
            """{"name":"m","versions":["1"],"platform":"x","inputs":[],"""
                + """ "outputs":[{"name":"scores","datatype":"FP32","shape":[-1,3]},{"name":"probabilities","datatype":"INT64","shape":[-1]}]}""";
        await using var tapped = await Tapped.StartAsync(
            context => ScriptedServer.RestAnswer(context.Request.Method == "GET" ? Encoding.UTF8.GetBytes(metadata) : Answers.Rest())(context),
            "--Tap:Metadata=true");

        (await tapped.RestAsync()).Dispose();

        await tapped.UntilFailureAsync("output_missing", 1);
        tapped.Server.Calls.ShouldContain(c => c.Method == "GET" && c.Path == "/v2/models/m/versions/1");
    }

    [Theory]
    [InlineData("""{"outputs":[{"name":"p","datatype":"FP32","shape":[-1,1e99]}]}""")]
    [InlineData("""{"outputs":[{"name":"p","datatype":"FP32","shape":[-1,2.5]}]}""")]
    [InlineData("""{"outputs":[{"datatype":"FP32","shape":[-1,3]}]}""")]
    [InlineData("""{"outputs":[{"name":7,"datatype":"FP32","shape":[-1,3]}]}""")]
    [InlineData("""{"outputs":[{"name":"p","datatype":"FP32","shape":[-1,99999999999999999999]}]}""")]
    [InlineData("""{"outputs":{"name":"p"}}""")]
    [InlineData("""[]""")]
    [InlineData("""{"outputs":""")]
    public async Task Malformed_metadata_is_asked_for_once_and_the_answers_are_read_without_it(string metadata)
    {
        await using var tapped = await Tapped.StartAsync(
            context => ScriptedServer.RestAnswer(context.Request.Method == "GET" ? Encoding.UTF8.GetBytes(metadata) : Answers.Rest())(context),
            "--Tap:Metadata=true", "--Logging:LogLevel:Default=None");

        for (var i = 0; i < 5; i++)
        {
            (await tapped.RestAsync()).Dispose();
        }

        await tapped.UntilCapturedAsync(10);
        tapped.Server.Calls.Count(c => c.Method == "GET").ShouldBe(1);
        (await tapped.MetricAsync("""capture_failures_total{source="tap",reason="decoder_failed"}""")).ShouldBe(0);
    }

    [Fact]
    public async Task An_answer_of_another_model_is_read_while_a_look_up_has_no_answer()
    {
        var unanswered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var tapped = await Tapped.StartAsync(
            async context =>
            {
                if (context.Request.Method == "GET" && context.Request.Path.Value!.Contains("slow", StringComparison.Ordinal))
                {
                    await unanswered.Task;
                }

                var body = context.Request.Method == "GET" ? """{"outputs":[]}""" : Encoding.UTF8.GetString(Answers.Rest());
                var model = context.Request.Path.Value!.Contains("slow", StringComparison.Ordinal) ? "slow" : "quick";
                await ScriptedServer.RestAnswer(Encoding.UTF8.GetBytes(body.Replace("\"m\"", $"\"{model}\"", StringComparison.Ordinal)))(context);
            },
            "--Tap:Metadata=true");
        tapped.Sidecar.Services.GetRequiredService<ModelOutputs>().Patience = TimeSpan.FromMinutes(5);
        try
        {
            (await tapped.RestAsync("/v2/models/slow/infer")).Dispose();
            (await tapped.RestAsync("/v2/models/quick/infer")).Dispose();

            // The look-up of the slow model is still open: what is captured by now is the other model's.
            await tapped.UntilCapturedAsync(2);
            (await tapped.Sidecar.MetricAsync("""accuracy_monitor_predictions_total{model="slow",version="1"}""") ?? 0).ShouldBe(0);
        }
        finally
        {
            unanswered.SetResult();
        }

        await tapped.UntilCapturedAsync(4);
    }

    private static async Task<Tapped> StartAsync((string Name, string Datatype, long[] Shape)[] outputs, ModelInferResponse answer, params string[] settings)
    {
        var metadata = new ModelMetadataResponse { Name = "m" };
        metadata.Outputs.Add(outputs.Select(o => new ModelMetadataResponse.Types.TensorMetadata { Name = o.Name, Datatype = o.Datatype, Shape = { o.Shape } }));
        return await Tapped.StartAsync(
            context => ScriptedServer.GrpcAnswer(SomeAnswer.Frame(context.Request.Path == MetadataPath ? metadata : answer))(context),
            ["--Tap:Metadata=true", .. settings]);
    }
}
