using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class LabelServiceTests
{
    private static readonly string[] Everything =
        ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Estimation:MinSamples=1", "--Estimation:MinLabels=1", "--Adaptation:RecalibrateEvery=0"];

    [Fact]
    public async Task Labels_given_late_corrected_and_taken_back_move_the_estimate()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await SendAsync(sidecar, 20);

        var leased = await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 100, Annotator = "ann" }, cancellationToken: cancel);
        leased.Items.Count.ShouldBe(20);
        leased.Items.ShouldAllBe(i => i.InclusionProbability == 1 && i.Attempt == 1 && i.PredictedClass == 0);

        await CompleteAsync(sidecar, leased.Items.Select(i => new Answer { LeaseId = i.LeaseId, Label = 0 }));
        (await LabelledAsync(sidecar)).ShouldBe(1.0, 1e-9);

        var corrected =
            await CompleteAsync(sidecar, leased.Items.Take(5).Select(i => new Answer { Model = "m", Version = "1", PredictionId = i.PredictionId, Label = 1 }));
        corrected.ShouldAllBe(o => o.Code == OutcomeCode.Replaced);
        (await LabelledAsync(sidecar)).ShouldBe(0.75, 1e-9);

        var again = await CompleteAsync(
            sidecar, leased.Items.Take(5).Select(i => new Answer { Model = "m", Version = "1", PredictionId = i.PredictionId, Label = 1 }));
        again.ShouldAllBe(o => o.Code == OutcomeCode.Unchanged);

        await sidecar.Labels.RetractAsync(
            new RetractRequest
            {
                Predictions =
                { leased.Items.Take(5).Select(i => new PredictionRef { Model = "m", Version = "1", PredictionId = i.PredictionId }) }
            },
            cancellationToken: cancel);
        var estimate = await GetAsync(sidecar);
        estimate.Labels.ShouldBe(15u);
        estimate.Unanswered.ShouldBe(5u);
        Value(estimate, EstimateKind.Labelled).ShouldBe(1.0, 1e-9);
    }

    [Fact]
    public async Task An_answer_counts_after_its_lease_and_its_request_have_expired()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync([.. Everything, "--Labelling:RequestLifetime=1s", "--Labelling:ExpiryInterval=100ms"]);
        await SendAsync(sidecar, 10);
        var leased = await sidecar.Labels.LeaseAsync(
            new LeaseRequest { MaxItems = 10, LeaseDuration = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) }, cancellationToken: cancel);
        await Eventually.TrueAsync(async () => (await GetAsync(sidecar)).Unanswered == 10, "every request expires");

        var outcomes =
            await CompleteAsync(sidecar, leased.Items.Select(i => new Answer { Model = "m", Version = "1", PredictionId = i.PredictionId, Label = 0 }));

        outcomes.ShouldAllBe(o => o.Code == OutcomeCode.Ok);
        var estimate = await GetAsync(sidecar);
        (estimate.Labels, estimate.Unanswered, estimate.PendingLabels).ShouldBe((10u, 0u, 0u));
    }

    [Fact]
    public async Task Bad_answers_are_named_one_by_one_and_good_ones_beside_them_count()
    {
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await SendAsync(sidecar, 3);

        var outcomes = await CompleteAsync(
            sidecar,
            [
                new Answer { Model = "m", Version = "1", PredictionId = "p-0", Label = 0 },
                new Answer { Model = "m", Version = "1", PredictionId = "nobody", Label = 0 },
                new Answer { Model = "m", Version = "1", PredictionId = "p-1", Label = 2 },
                new Answer { LeaseId = "no-such-lease", Label = 0 },
            ]);

        outcomes.Select(o => o.Code).ShouldBe([OutcomeCode.Ok, OutcomeCode.KeptApart, OutcomeCode.LabelOutOfRange, OutcomeCode.NotFound]);
        outcomes[2].Reason.ShouldContain("2");
        (await GetAsync(sidecar)).Labels.ShouldBe(1u);
    }

    [Fact]
    public async Task An_answer_without_a_label_is_refused_and_none_of_its_call_is_taken()
    {
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await SendAsync(sidecar, 2);

        var refused = await Should.ThrowAsync<RpcException>(() => CompleteAsync(
            sidecar,
            [
                new Answer { Model = "m", Version = "1", PredictionId = "p-0", Label = 0 },
                new Answer { Model = "m", Version = "1", PredictionId = "p-1" },
            ]));

        refused.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        refused.Status.Detail.ShouldContain("answers[1] has no label");
        (await GetAsync(sidecar)).Labels.ShouldBe(0u);
    }

    [Fact]
    public async Task Skipped_and_released_requests_are_told_apart()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await SendAsync(sidecar, 4);
        var leased = await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 4 }, cancellationToken: cancel);

        await sidecar.Labels.SkipAsync(new SkipRequest { LeaseIds = { leased.Items[0].LeaseId }, Reason = "blurred" }, cancellationToken: cancel);
        await sidecar.Labels.ReleaseAsync(new ReleaseRequest { LeaseIds = { leased.Items[1].LeaseId } }, cancellationToken: cancel);
        await sidecar.Labels.ExtendAsync(
            new ExtendRequest { LeaseIds = { leased.Items[2].LeaseId }, LeaseDuration = Duration.FromTimeSpan(TimeSpan.FromHours(1)) },
            cancellationToken: cancel);

        var queue = (await sidecar.Labels.GetQueueAsync(new GetQueueRequest(), cancellationToken: cancel)).State;
        (queue.Waiting, queue.Leased, queue.Skipped).ShouldBe((1u, 2u, 1u));
        (await GetAsync(sidecar)).Unanswered.ShouldBe(1u);
        using var watch = sidecar.Labels.Watch(new WatchRequest { Model = "m" }, cancellationToken: cancel);
        (await watch.ResponseStream.MoveNext(cancel)).ShouldBeTrue();
        watch.ResponseStream.Current.State.Waiting.ShouldBe(1u);
    }

    [Theory]
    [InlineData(1001u, 600, "max_items")]
    [InlineData(1u, 0, "lease_duration")]
    [InlineData(1u, 50_000, "lease_duration")]
    public async Task A_lease_out_of_bounds_is_refused(uint items, int seconds, string field)
    {
        await using var sidecar = await TestSidecar.StartAsync();

        var error = await Should.ThrowAsync<RpcException>(async () => await sidecar.Labels.LeaseAsync(
            new LeaseRequest { MaxItems = items, LeaseDuration = new Duration { Seconds = seconds } }));

        error.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field.ShouldBe(field);
    }

    internal static async Task SendAsync(TestSidecar sidecar, int rows)
    {
        var vectors = Enumerable.Repeat(new[] { 0.8f, 0.2f }, rows).ToArray();
        var response = await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of(vectors, Batches.Ids("p", rows)) });
        response.Items.ShouldAllBe(i => i.LabelRequested);
    }

    private static async Task<IReadOnlyList<ItemOutcome>> CompleteAsync(TestSidecar sidecar, IEnumerable<Answer> answers) =>
        (await sidecar.Labels.CompleteAsync(new CompleteRequest { Answers = { answers } })).Outcomes;

    private static async Task<WindowEstimate> GetAsync(TestSidecar sidecar) =>
        (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" })).Estimate;

    private static async Task<double> LabelledAsync(TestSidecar sidecar) => Value(await GetAsync(sidecar), EstimateKind.Labelled);

    private static double Value(WindowEstimate estimate, EstimateKind kind) => estimate.Estimates.Single(e => e.Kind == kind).Value;
}
