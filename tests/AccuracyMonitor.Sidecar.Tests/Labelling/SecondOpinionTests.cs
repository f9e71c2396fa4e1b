using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class SecondOpinionTests
{
    private static readonly string[] Settings =
    [
        "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Sampling:Seed=5", "--Estimation:MinSamples=1", "--Estimation:MinLabels=1",
        "--Adaptation:RecalibrateEvery=0",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Opinions_leave_label_estimate_and_queue_as_they_are()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Settings, "--Labelling:SecondOpinionShare=1"]);
        await LabelServiceTests.SendAsync(sidecar, 20);
        await AnswerAsync(sidecar, "ann", 0, opinion: 1);
        var before = await EstimateAsync(sidecar);
        (await QueueAsync(sidecar)).OpinionsWanted.ShouldBe(20u);

        // The second annotator contradicts every label, and the third as well.
        await AnswerAsync(sidecar, "bob", 1, opinion: 2);
        await AnswerAsync(sidecar, "cat", 1, opinion: 3);

        (await EstimateAsync(sidecar)).ShouldBe(before);
        var queue = await QueueAsync(sidecar);
        (queue.Answered, queue.Waiting, queue.Leased, queue.OpinionsWanted).ShouldBe((20u, 0u, 0u, 0u));

        var retracted = await sidecar.Labels.RetractByAsync(
            new RetractByRequest { Annotator = "cat", Since = new Timestamp() }, cancellationToken: Cancel);
        (retracted.Retracted, retracted.RetractedOpinions).ShouldBe((0u, 20u));
        (await EstimateAsync(sidecar)).ShouldBe(before);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    // 200 requests: mean 60, standard deviation 6.5.
    [InlineData(0.3, 35, 85)]
    public async Task The_share_of_requests_is_drawn_before_any_answer(double share, int least, int most)
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Settings, FormattableString.Invariant($"--Labelling:SecondOpinionShare={share}")]);
        await LabelServiceTests.SendAsync(sidecar, 200);
        await AnswerAsync(sidecar, "ann", 0, opinion: 1);

        ((int)(await QueueAsync(sidecar)).OpinionsWanted).ShouldBeInRange(least, most);
    }

    /// <summary>Leases all that there is for an annotator and answers it.</summary>
    private static async Task AnswerAsync(TestSidecar sidecar, string annotator, uint label, uint opinion)
    {
        var leased = await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 1000, Annotator = annotator }, cancellationToken: Cancel);
        leased.Items.ShouldNotBeEmpty();
        leased.Items.ShouldAllBe(i => i.Opinion == opinion);
        var answers = leased.Items.Select(i => new Answer { LeaseId = i.LeaseId, Label = label, Annotator = annotator });
        var response = await sidecar.Labels.CompleteAsync(new CompleteRequest { Answers = { answers } }, cancellationToken: Cancel);
        response.Outcomes.ShouldAllBe(o => o.Code == OutcomeCode.Ok);
    }

    private static async Task<QueueState> QueueAsync(TestSidecar sidecar) =>
        (await sidecar.Labels.GetQueueAsync(new GetQueueRequest(), cancellationToken: Cancel)).State;

    private static async Task<(ulong Labels, double Value)> EstimateAsync(TestSidecar sidecar)
    {
        var request = new GetEstimateRequest { Model = "m", Version = "1" };
        var estimate = (await sidecar.Estimates.GetEstimateAsync(request, cancellationToken: Cancel)).Estimate;
        return (estimate.Labels, estimate.Estimates.Single(e => e.Kind == EstimateKind.Labelled).Value);
    }
}
