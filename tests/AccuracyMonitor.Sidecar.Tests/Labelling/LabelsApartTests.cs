using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Tests.ModelServers;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class LabelsApartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Labels_that_nobody_asked_for_move_no_estimate()
    {
        await using var sidecar = await TestSidecar.StartAsync(
            "--Sampling:Budget=0.2", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=100000", "--Estimation:MinSamples=1",
            "--Estimation:MinLabels=1", "--Adaptation:RecalibrateEvery=0");
        var response = await sidecar.Predictions.ScoreAsync(
            new ScoreRequest { Batch = Batches.Of([.. Enumerable.Repeat(new[] { 0.8f, 0.2f }, 400)], Batches.Ids("p", 400)) }, cancellationToken: Cancel);
        var chosen = response.Items.Where(i => i.LabelRequested).Select(i => i.Id).ToArray();
        var others = response.Items.Where(i => !i.LabelRequested).Select(i => i.Id).ToArray();
        await CompleteAsync(chosen, label: 0);
        var before = await GetAsync();

        // Returns: whoever is dissatisfied tells.
        var outcomes = await CompleteAsync(others, label: 1);

        chosen.Length.ShouldBeInRange(40, 140);
        outcomes.ShouldAllBe(o => o.Code == OutcomeCode.KeptApart && o.Reason.Contains("enters no estimate"));
        var after = await GetAsync();
        after.Labels.ShouldBe((ulong)chosen.Length);
        // Combined is there a refresh later than the others.
        after.Estimates.Where(e => e.Kind != EstimateKind.Combined).ShouldBe(before.Estimates.Where(e => e.Kind != EstimateKind.Combined));
        after.Estimates.Single(e => e.Kind == EstimateKind.Audited).Value.ShouldBe(1, 1e-9);
        var queue = await sidecar.Labels.GetQueueAsync(new GetQueueRequest(), cancellationToken: Cancel);
        (queue.State.KeptApart, queue.State.Answered).ShouldBe(((ulong)others.Length, (ulong)chosen.Length));

        async Task<IEnumerable<ItemOutcome>> CompleteAsync(string[] ids, uint label) => (await sidecar.Labels.CompleteAsync(
            new CompleteRequest { Answers = { ids.Select(id => new Answer { Model = "m", Version = "1", PredictionId = id, Label = label }) } },
            cancellationToken: Cancel)).Outcomes;

        async Task<WindowEstimate> GetAsync() =>
            (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" }, cancellationToken: Cancel)).Estimate;
    }

    [Fact]
    public async Task They_are_refused_where_none_is_to_be_kept()
    {
        await using var sidecar = await TestSidecar.StartAsync("--Labelling:MaxLabelsApart=0");

        var outcomes = await sidecar.Labels.CompleteAsync(
            new CompleteRequest { Answers = { new Answer { Model = "m", Version = "1", PredictionId = "p", Label = 0 } } }, cancellationToken: Cancel);

        outcomes.Outcomes.Single().Code.ShouldBe(OutcomeCode.NotFound);
    }
}
