using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class ListRequestsTests
{
    private static readonly string[] Everything =
        ["--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Adaptation:RecalibrateEvery=0", "--Adaptation:FineTuneEvery=0"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_model_said_is_listed_only_when_asked_for()
    {
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await LabelServiceTests.SendAsync(sidecar, 2);
        await sidecar.Labels.CompleteAsync(
            new CompleteRequest { Answers = { new Answer { Model = "m", Version = "1", PredictionId = "p-0", Label = 1, Annotator = "ann" } } },
            cancellationToken: Cancel);

        var blind = await ListAsync(sidecar, new ListRequestsRequest { Model = "m" });
        var revealed = await ListAsync(sidecar, new ListRequestsRequest { Model = "m", Reveal = true });

        blind.Requests.ShouldAllBe(r => r.ModelAnswer == null);
        blind.Requests.Select(r => (r.PredictionId, r.State, r.HasLabel, r.Annotator)).ShouldBe(
            [("p-1", RequestState.Waiting, false, ""), ("p-0", RequestState.Answered, true, "ann")]);
        (blind.Requests[1].Label, blind.Requests[1].ClassCount).ShouldBe((1u, 2u));
        revealed.Requests.ShouldAllBe(r => r.ModelAnswer.PredictedClass == 0 && r.ModelAnswer.Probabilities.Length == 8);
    }

    [Fact]
    public async Task Pages_hold_every_request_once()
    {
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await LabelServiceTests.SendAsync(sidecar, 7);
        List<string> ids = [];
        var request = new ListRequestsRequest { PageSize = 3 };
        do
        {
            var page = await ListAsync(sidecar, request);
            page.Requests.Count.ShouldBeLessThanOrEqualTo(3);
            ids.AddRange(page.Requests.Select(r => r.PredictionId));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        ids.ShouldBe(Enumerable.Range(0, 7).Reverse().Select(i => $"p-{i}"));
    }

    [Fact]
    public async Task A_request_out_of_bounds_names_its_field()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        await RefusedAsync(new ListRequestsRequest { PageSize = 1001 }, "page_size");
        await RefusedAsync(new ListRequestsRequest { PageToken = "x" }, "page_token");
        await RefusedAsync(new ListRequestsRequest { States = { (RequestState)9 } }, "states");
        await RefusedAsync(new ListRequestsRequest { Annotator = new string('a', 201) }, "annotator");

        async Task RefusedAsync(ListRequestsRequest request, string field)
        {
            var error = await Should.ThrowAsync<RpcException>(() => ListAsync(sidecar, request));
            error.StatusCode.ShouldBe(StatusCode.InvalidArgument);
            error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field.ShouldBe(field);
        }
    }

    [Fact]
    public async Task A_skip_without_a_lease_counts_as_unanswered_and_an_answer_after_it_is_taken()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Everything, "--Estimation:MinSamples=1", "--Estimation:MinLabels=1"]);
        await LabelServiceTests.SendAsync(sidecar, 3);

        var skipped = await sidecar.Labels.SkipAsync(
            new SkipRequest { Predictions = { Reference("p-0"), Reference("nobody") }, Reason = "blurred" }, cancellationToken: Cancel);
        skipped.Outcomes.Select(o => o.Code).ShouldBe([OutcomeCode.Ok, OutcomeCode.NotFound]);
        (await UnansweredAsync()).ShouldBe(1u);

        await sidecar.Labels.CompleteAsync(
            new CompleteRequest { Answers = { new Answer { Model = "m", Version = "1", PredictionId = "p-0", Label = 0 } } }, cancellationToken: Cancel);
        (await UnansweredAsync()).ShouldBe(0u);

        async Task<ulong> UnansweredAsync() => (await sidecar.Estimates.GetEstimateAsync(
            new GetEstimateRequest { Model = "m", Version = "1" }, cancellationToken: Cancel)).Estimate.Unanswered;
    }

    [Fact]
    public async Task An_answer_that_is_only_validated_is_not_kept()
    {
        await using var sidecar = await TestSidecar.StartAsync(Everything);
        await LabelServiceTests.SendAsync(sidecar, 1);

        var said = await sidecar.Labels.CompleteAsync(
            new CompleteRequest { Answers = { new Answer { Model = "m", Version = "1", PredictionId = "p-0", Label = 1 } }, ValidateOnly = true },
            cancellationToken: Cancel);

        said.Outcomes.Single().Code.ShouldBe(OutcomeCode.Ok);
        (await ListAsync(sidecar, new ListRequestsRequest())).Requests.Single().State.ShouldBe(RequestState.Waiting);
    }

    private static PredictionRef Reference(string id) => new() { Model = "m", Version = "1", PredictionId = id };

    private static Task<ListRequestsResponse> ListAsync(TestSidecar sidecar, ListRequestsRequest request) =>
        sidecar.Labels.ListRequestsAsync(request, cancellationToken: Cancel).ResponseAsync;
}
