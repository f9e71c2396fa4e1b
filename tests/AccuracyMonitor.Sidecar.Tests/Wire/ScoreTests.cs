using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Wire;

public sealed class ScoreTests
{
    [Fact]
    public async Task Every_row_gets_an_answer_in_order_with_a_score()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        float[][] rows = [[0.9f, 0.1f], [0.5f, 0.5f], [0.2f, 0.8f]];

        var response = await sidecar.Predictions.ScoreAsync(
            new ScoreRequest { Batch = Batches.Of(rows, ["a", "b", "c"]) }, cancellationToken: TestContext.Current.CancellationToken);

        response.Accepted.ShouldBe(3u);
        response.Rejected.ShouldBe(0u);
        response.Items.Select(i => i.Id).ShouldBe(["a", "b", "c"]);
        response.Items.Select(i => i.Status).ShouldAllBe(s => s == ItemStatus.Accepted);
        response.MonitorVersion.ShouldBe("softmax");
        response.MonitorValid.ShouldBeFalse("nothing vouches for the maximum softmax before there are labels");
        response.Items[0].CorrectnessScore.ShouldBe(0.9f, 1e-5f);
        response.Items[1].CorrectnessScore.ShouldBe(0.5f, 1e-5f);
    }

    [Fact]
    public async Task Bad_rows_are_named_with_value_and_bound_and_good_rows_beside_them_count()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        float[][] rows =
        [
            [0.9f, 0.1f], [float.NaN, 0.5f], [float.PositiveInfinity, 0.5f], [1.2f, -0.2f], [0.9f, 0.5f], [0.3f, 0.7f],
        ];
        var batch = Batches.Of(rows, ["ok1", "nan", "inf", "negative", "sum", new string('x', 129)]);
        batch.TimesUnixUs.AddRange(Enumerable.Repeat(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000, rows.Length));

        var response = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: TestContext.Current.CancellationToken);

        response.Accepted.ShouldBe(1u);
        response.Rejected.ShouldBe(5u);
        response.Items.Select(i => i.Status).ShouldBe(
        [
            ItemStatus.Accepted, ItemStatus.NotFinite, ItemStatus.NotFinite, ItemStatus.Negative, ItemStatus.SumOutOfTolerance, ItemStatus.IdTooLong,
        ]);
        response.Items[1].Reason.ShouldContain("value 0 is NaN");
        response.Items[3].Reason.ShouldContain("value 1 is -0.2");
        response.Items[4].Reason.ShouldContain("sums to 1.4");
        (await sidecar.MetricAsync("accuracy_monitor_predictions_total{model=\"m\",version=\"1\"}")).ShouldBe(1);
        (await sidecar.MetricAsync("accuracy_monitor_rejected_total{reason=\"NOT_FINITE\"}")).ShouldBe(2);
    }

    [Fact]
    public async Task Rows_rounded_to_two_digits_are_accepted_at_both_ends_of_the_bound()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        float[][] rows = [[0.33f, 0.33f, 0.35f], [0.5f, 0.25f, 0.26f], [0.33f, 0.33f, 0.33f], [0.33f, 0.33f, 0.36f]];

        var response = await sidecar.Predictions.ScoreAsync(
            new ScoreRequest { Batch = Batches.Of(rows, ["a", "b", "c", "d"]) }, cancellationToken: TestContext.Current.CancellationToken);

        response.Items.Select(i => i.Status).ShouldBe(
            [ItemStatus.Accepted, ItemStatus.Accepted, ItemStatus.Accepted, ItemStatus.SumOutOfTolerance]);
    }

    [Theory]
    [InlineData("empty batch", "EMPTY_BATCH", "batch.values")]
    [InlineData("no model", "INVALID_MODEL", "batch.model")]
    [InlineData("long version", "INVALID_VERSION", "batch.version")]
    [InlineData("one class", "INVALID_CLASS_COUNT", "batch.class_count")]
    [InlineData("10001 classes", "INVALID_CLASS_COUNT", "batch.class_count")]
    [InlineData("torn values", "TRUNCATED_VALUES", "batch.values")]
    [InlineData("oversized", "OVERSIZED_BATCH", "batch.values")]
    [InlineData("ids missing", "COUNT_MISMATCH", "batch.ids")]
    [InlineData("times missing", "COUNT_MISMATCH", "batch.times_unix_us")]
    [InlineData("unknown form", "INVALID_FORM", "batch.form")]
    public async Task A_batch_that_cannot_be_read_is_refused_with_field_and_reason(string what, string reason, string field)
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var batch = Batches.Of([[0.9f, 0.1f], [0.8f, 0.2f]], ["a", "b"]);
        switch (what)
        {
            case "empty batch": batch.Values = ByteString.Empty; break;
            case "no model": batch.Model = ""; break;
            case "long version": batch.Version = new string('v', 129); break;
            case "one class": batch.ClassCount = 1; break;
            case "10001 classes": batch.ClassCount = 10_001; break;
            case "torn values": batch.Values = ByteString.CopyFrom(new byte[15]); break;
            case "oversized": batch = Batches.Of(Batches.Softmax(4097, 2, 1)); break;
            case "ids missing": batch.Ids.RemoveAt(0); break;
            case "times missing": batch.TimesUnixUs.Add(1); break;
            default: batch.Form = (OutputForm)9; break;
        }

        var error = await Should.ThrowAsync<RpcException>(async () => await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }));

        error.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        var status = error.GetRpcStatus().ShouldNotBeNull();
        status.GetDetail<ErrorInfo>()!.Reason.ShouldBe(reason);
        status.GetDetail<BadRequest>()!.FieldViolations.Single().Field.ShouldBe(field);
        (await sidecar.MetricAsync($"accuracy_monitor_rejected_total{{reason=\"{reason}\"}}")).ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_version_keeps_its_class_count()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]]) }, cancellationToken: TestContext.Current.CancellationToken);

        var error = await Should.ThrowAsync<RpcException>(async () =>
            await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.8f, 0.1f, 0.1f]]) }));

        error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("CLASS_COUNT_MISMATCH");
    }

    [Fact]
    public async Task Logits_are_taken_when_declared()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var batch = Batches.Of([[3f, 1f]], ["a"]);
        batch.Form = OutputForm.Logits;

        var response = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: TestContext.Current.CancellationToken);

        response.Items[0].CorrectnessScore.ShouldBe((float)(1 / (1 + Math.Exp(-2))), 1e-5f);
    }

    [Fact]
    public async Task A_retry_is_answered_the_same_and_counted_once()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Sampling:Budget=0.5");
        var batch = Batches.Of(Batches.Softmax(200, 10, 7), Batches.Ids("p", 200));

        var first = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: TestContext.Current.CancellationToken);
        var second = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: TestContext.Current.CancellationToken);

        second.Items.Select(i => i.Status).ShouldAllBe(s => s == ItemStatus.Duplicate);
        second.Items.Select(i => (i.LabelRequested, i.CorrectnessScore)).ShouldBe(first.Items.Select(i => (i.LabelRequested, i.CorrectnessScore)));
        first.Items.Count(i => i.LabelRequested).ShouldBeInRange(50, 150);
        (await sidecar.MetricAsync("accuracy_monitor_predictions_total{model=\"m\",version=\"1\"}")).ShouldBe(200);
    }

    [Fact]
    public async Task A_prediction_from_another_time_is_refused_with_the_range()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var batch = Batches.Of([[0.9f, 0.1f], [0.9f, 0.1f], [0.9f, 0.1f]], ["old", "ahead", "now"]);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000;
        batch.TimesUnixUs.AddRange([now - 90_000_000_000, now + 3_600_000_000, now]);

        var response = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = batch }, cancellationToken: TestContext.Current.CancellationToken);

        response.Items.Select(i => i.Status).ShouldBe([ItemStatus.TimeOutOfRange, ItemStatus.TimeOutOfRange, ItemStatus.Accepted]);
    }

    [Fact]
    public async Task Further_models_than_allowed_are_refused_as_overload_and_further_segments_overflow()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Intake:MaxModels=1", "--Intake:MaxSegments=1");
        var cancel = TestContext.Current.CancellationToken;
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]], segment: "eu") }, cancellationToken: cancel);
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]], segment: "us") }, cancellationToken: cancel);

        var error = await Should.ThrowAsync<RpcException>(async () =>
            await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]], version: "2") }));

        error.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        error.GetRpcStatus()!.GetDetail<RetryInfo>().ShouldNotBeNull();
        (await sidecar.MetricAsync("accuracy_monitor_segment_overflow_total")).ShouldBe(1);
    }

    [Fact]
    public async Task A_deadline_is_honoured()
    {
        await using var sidecar = await TestSidecar.StartAsync();

        var error = await Should.ThrowAsync<RpcException>(async () => await sidecar.Predictions.ScoreAsync(
            new ScoreRequest { Batch = Batches.Of([[0.9f, 0.1f]]) }, deadline: DateTime.UtcNow.AddMilliseconds(-1)));

        error.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
    }
}
