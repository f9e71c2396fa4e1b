using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Inputs;

/// <summary>Inputs over the wire: each call through a real socket into a real database.</summary>
public sealed class InputCallTests
{
    private static readonly string[] Settings =
        ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Adaptation:RecalibrateEvery=0", "--Labelling:Inputs:MaxBytes=2000"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_attached_input_survives_a_restart_and_is_handed_out_with_its_request()
    {
        var folder = Directory.CreateTempSubdirectory("am-").FullName;
        await using (var sidecar = await TestSidecar.StartInAsync(folder, Settings))
        {
            await Traffic.SendAsync(sidecar, "a", 2);
            (await AttachAsync(sidecar, "a-0", "Image/PNG", "picture")).Code.ShouldBe(OutcomeCode.Ok);
            (await AttachAsync(sidecar, "a-0", "image/png", "picture 2")).Code.ShouldBe(OutcomeCode.Replaced);
            (await AttachAsync(sidecar, "a-0", "image/png", "picture 2")).Code.ShouldBe(OutcomeCode.Unchanged);
            var unknown = await AttachAsync(sidecar, "nobody", "image/png", "picture");
            (unknown.Code, unknown.Reason).ShouldBe((OutcomeCode.NotFound, "no label was requested for prediction 'nobody' of m:1, or it is pruned"));
        }

        await using var restarted = await TestSidecar.StartInAsync(folder, Settings);
        var leased = (await restarted.Labels.LeaseAsync(new LeaseRequest { MaxItems = 2 }, cancellationToken: Cancel)).Items;

        leased.Select(i => (i.Input?.ContentType, i.Input?.Bytes)).ShouldBe([("image/png", 9ul), (null, null)]);
        var input = await restarted.Labels.GetInputAsync(new GetInputRequest { Model = "m", Version = "1", PredictionId = "a-0" }, cancellationToken: Cancel);
        (input.ContentType, input.Content.ToStringUtf8()).ShouldBe(("image/png", "picture 2"));
        (await restarted.MetricAsync(Missing("never_attached"))).ShouldBe(1, "that of a-1");
        await restarted.Labels.CompleteAsync(
            new CompleteRequest { Answers = { new Answer { LeaseId = leased[0].LeaseId, Label = 0 } } }, cancellationToken: Cancel);
        (await AttachAsync(restarted, "a-0", "image/png", "picture 3")).Code.ShouldBe(OutcomeCode.AlreadyAnswered);
    }

    [Fact]
    public async Task References_go_with_their_rows_and_a_bad_one_takes_only_its_row_with_it()
    {
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        var batch = Batches.Of([[0.2f, 0.8f], [0.2f, 0.8f], [0.2f, 0.8f], [0.2f, 0.8f]], Batches.Ids("a", 4));
        batch.InputReferences.Add([$"s3://{new string('x', 2043)}", $"s3://{new string('x', 2044)}", "s3://a\nb", ""]);

        var answer = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: Cancel);

        answer.Items.Select(i => i.Status).ShouldBe(
            [ItemStatus.Accepted, ItemStatus.InvalidInputReference, ItemStatus.InvalidInputReference, ItemStatus.Accepted]);
        answer.Items[1].Reason.ShouldBe("input_reference has 2049 characters; it may have at most 2048.");
        var leased = (await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 4 }, cancellationToken: Cancel)).Items;
        leased.Select(i => (i.PredictionId, i.InputReference)).ShouldBe([("a-0", batch.InputReferences[0]), ("a-3", "")]);
        (await sidecar.MetricAsync(Missing("never_attached"))).ShouldBe(1, "a reference is something to look at");
        (await sidecar.MetricAsync("accuracy_monitor_rejected_total{reason=\"INVALID_INPUT_REFERENCE\"}")).ShouldBe(2);
    }

    [Theory]
    [InlineData(1, 1, "input_references has 1 entries; it must have none or one per row (2).")]
    [InlineData(2, 524_289, "input_references has 1048578 characters in all; at most 1048576 are taken. Send fewer rows in a batch.")]
    public async Task References_that_do_not_fit_a_batch_refuse_it(int count, int length, string reason)
    {
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        var batch = Batches.Of([[0.2f, 0.8f], [0.2f, 0.8f]], Batches.Ids("a", 2));
        batch.InputReferences.Add(Enumerable.Repeat(new string('x', length), count));

        var error = await Should.ThrowAsync<RpcException>(async () =>
            await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: Cancel));

        (error.StatusCode, error.Status.Detail).ShouldBe((StatusCode.InvalidArgument, reason));
    }

    [Theory]
    [InlineData("", "m", "image/png", 1, "prediction_id")]
    [InlineData("a-0", "", "image/png", 1, "model")]
    [InlineData("a-0", "m", "", 1, "content_type")]
    [InlineData("a-0", "m", "no type", 1, "content_type")]
    [InlineData("a-0", "m", "image/png", 0, "content")]
    [InlineData("a-0", "m", "image/png", 2001, "content")]
    public async Task What_is_wrong_is_named(string id, string model, string type, int length, string field)
    {
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        var request = new AttachInputRequest
        {
            Model = model,
            Version = "1",
            PredictionId = id,
            ContentType = type,
            Content = ByteString.CopyFrom(new byte[length]),
        };

        var error = await Should.ThrowAsync<RpcException>(async () => await sidecar.Labels.AttachInputAsync(request, cancellationToken: Cancel));

        error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field.ShouldBe(field);
        (await sidecar.MetricAsync(Missing("too_large"))).ShouldBe(length > 2000 ? 1 : 0);
    }

    /// <summary>The bound on all inputs is never more than a half of what the database may use: 16 MiB here.</summary>
    [Fact]
    public async Task Without_room_an_input_is_refused_and_counted()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Settings, "--Labelling:Inputs:MaxBytes=16777216", "--Storage:MaxBytes=16777216"]);
        await Traffic.SendAsync(sidecar, "a", 2);
        (await AttachAsync(sidecar, "a-0", "text/plain", new string('x', 5 << 20))).Code.ShouldBe(OutcomeCode.Ok);

        var error = await Should.ThrowAsync<RpcException>(() => AttachAsync(sidecar, "a-1", "text/plain", new string('x', 5 << 20)));

        error.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("INPUTS_FULL");
        (await sidecar.MetricAsync(Missing("store_full"))).ShouldBe(1);
        (await sidecar.MetricAsync("accuracy_monitor_inputs_attached_total")).ShouldBe(1);
    }

    [Fact]
    public async Task A_forgotten_prediction_takes_its_input_with_it()
    {
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await Traffic.SendAsync(sidecar, "a", 1);
        await AttachAsync(sidecar, "a-0", "text/plain", "what the patient said");

        var forgotten = await sidecar.Labels.ForgetAsync(
            new ForgetRequest { Model = "m", Version = "1", PredictionIds = { "a-0" } }, cancellationToken: Cancel);

        (forgotten.Forgotten, forgotten.Erased).ShouldBe((1u, true));
        var error = await Should.ThrowAsync<RpcException>(async () => await sidecar.Labels.GetInputAsync(
            new GetInputRequest { Model = "m", Version = "1", PredictionId = "a-0" }, cancellationToken: Cancel));
        error.StatusCode.ShouldBe(StatusCode.NotFound);
        OtherProcess.ReadDatabase(sidecar.Database).AsSpan().IndexOf("what the patient said"u8).ShouldBe(-1);
    }

    private static string Missing(string reason) => $"accuracy_monitor_inputs_missing_total{{reason=\"{reason}\"}}";

    private static async Task<ItemOutcome> AttachAsync(TestSidecar sidecar, string id, string type, string content) => (await sidecar.Labels.AttachInputAsync(
        new AttachInputRequest { Model = "m", Version = "1", PredictionId = id, ContentType = type, Content = ByteString.CopyFromUtf8(content) },
        cancellationToken: Cancel)).Outcome;
}
