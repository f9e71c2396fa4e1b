using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class RetractByTests
{
    private static readonly string[] Settings =
    [
        "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=100000", "--Adaptation:RecalibrateEvery=0",
        "--Adaptation:FineTuneEvery=0", "--Alarms:Objective=0.8",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Estimates_and_alarms_are_those_of_a_sidecar_that_never_saw_these_labels()
    {
        // Seen and taken back: of one annotator, more than one piece of them, and all wrong.
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await using var other = await TestSidecar.StartAsync(Settings);
        foreach (var each in (TestSidecar[])[sidecar, other])
        {
            await Traffic.SendAsync(each, "p", 1500);
            await LabelAsync(each, "ann", from: 0, count: 200, label: i => i % 10 == 0 ? 1u : 0u);
        }

        await LabelAsync(sidecar, "eve", from: 200, count: 1300, label: _ => 1);
        var spoilt = await GetAsync(sidecar);
        (spoilt.ValidityAlarm.Firing, spoilt.AccuracyAlarm.Firing, spoilt.Labels).ShouldBe((true, true, 1500u));
        await SkipRestAsync(other);

        var answer = await sidecar.Labels.RetractByAsync(new RetractByRequest { Annotator = "eve", Since = new Timestamp() }, cancellationToken: Cancel);

        (answer.Retracted, answer.More).ShouldBe((1300u, false));
        var (mine, expected) = (await GetAsync(sidecar), await GetAsync(other));
        await Eventually.TrueAsync(
            async () => Agree(mine = await GetAsync(sidecar), expected = await GetAsync(other)),
            "the estimates agree, also those that are made again in the background");
        (mine.Labels, mine.Unanswered, mine.PendingLabels).ShouldBe((expected.Labels, expected.Unanswered, expected.PendingLabels));
        (mine.ValidityAlarm.Firing, mine.AccuracyAlarm.Firing, mine.ValidityAlarm.Labels).ShouldBe((false, false, expected.ValidityAlarm.Labels));
        (await sidecar.Labels.RetractByAsync(new RetractByRequest { Annotator = "eve", Since = new Timestamp() }, cancellationToken: Cancel)).Retracted
            .ShouldBe(0u);
        var trail = await sidecar.Audit.ListAuditEntriesAsync(new ListAuditEntriesRequest { Model = "m" }, cancellationToken: Cancel);
        trail.Entries.Where(e => e.Action == AuditAction.AnnotatorRetracted).Sum(e => int.Parse(e.Detail.Split(' ')[0])).ShouldBe(1300);
    }

    [Theory]
    [InlineData("annotator")]
    [InlineData("since")]
    public async Task What_it_needs_must_be_named(string field)
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var request = new RetractByRequest { Annotator = field == "annotator" ? "" : "eve", Since = field == "since" ? null : new Timestamp() };

        var error = await Should.ThrowAsync<RpcException>(async () => await sidecar.Labels.RetractByAsync(request, cancellationToken: Cancel));

        error.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field.ShouldBe(field);
    }

    private static bool Agree(WindowEstimate mine, WindowEstimate expected) =>
        mine.Estimates.Count == expected.Estimates.Count && mine.Estimates.Zip(expected.Estimates).All(static e =>
            (e.First.Kind, e.First.State, e.First.HasValue) == (e.Second.Kind, e.Second.State, e.Second.HasValue)
            && Math.Abs(e.First.Value - e.Second.Value) < 1e-9
            && Math.Abs(e.First.Lower - e.Second.Lower) < 1e-9
            && Math.Abs(e.First.Upper - e.Second.Upper) < 1e-9);

    private static async Task LabelAsync(TestSidecar sidecar, string annotator, int from, int count, Func<int, uint> label)
    {
        foreach (var part in Enumerable.Range(from, count).Chunk(1000))
        {
            var answers = part.Select(i => new Answer { Model = "m", Version = "1", PredictionId = $"p-{i}", Label = label(i), Annotator = annotator });
            await sidecar.Labels.CompleteAsync(new CompleteRequest { Answers = { answers } }, cancellationToken: Cancel);
        }
    }

    /// <summary>Requests without a label count as unanswered in both.</summary>
    private static async Task SkipRestAsync(TestSidecar sidecar)
    {
        while (true)
        {
            var leased = await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 1000 }, cancellationToken: Cancel);
            if (leased.Items.Count == 0)
            {
                return;
            }

            await sidecar.Labels.SkipAsync(new SkipRequest { LeaseIds = { leased.Items.Select(i => i.LeaseId) } }, cancellationToken: Cancel);
        }
    }

    private static async Task<WindowEstimate> GetAsync(TestSidecar sidecar) =>
        (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" }, cancellationToken: Cancel)).Estimate;
}
