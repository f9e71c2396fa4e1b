using System.Text;
using AccuracyMonitor.OpenInference;
using AccuracyMonitor.Sidecar.Tests.OpenInference;
using AccuracyMonitor.Sidecar.Tests.Sinks;
using Microsoft.AspNetCore.Http;

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

        await tapped.UntilBlindAsync("output_missing", 1);
        (await tapped.MetricAsync("""captured_total{source="tap"}""")).ShouldBe(0);
    }

    [Fact]
    public async Task Two_outputs_that_could_be_it_are_a_blind_spot_until_a_rule_names_one()
    {
        (string, string, long[])[] outputs = [("p", "FP32", [-1, 3]), ("q", "FP32", [-1, 3])];
        await using (var tapped = await StartAsync(outputs, SomeAnswer.Fp32(Answers.Rows, 2, 3)))
        {
            (await tapped.GrpcAsync()).Dispose();
            await tapped.UntilBlindAsync("ambiguous_output", 1);
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
        var metadata = """{"name":"m","versions":["1"],"platform":"x","inputs":[],"outputs":[{"name":"scores","datatype":"FP32","shape":[-1,3]},{"name":"probabilities","datatype":"INT64","shape":[-1]}]}""";
        await using var tapped = await Tapped.StartAsync(
            context => ScriptedServer.RestAnswer(context.Request.Method == "GET" ? Encoding.UTF8.GetBytes(metadata) : Answers.Rest())(context), "--Tap:Metadata=true");

        (await tapped.RestAsync()).Dispose();

        await tapped.UntilBlindAsync("output_missing", 1);
        tapped.Server.Calls.ShouldContain(c => c.Method == "GET" && c.Path == "/v2/models/m/versions/1");
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
