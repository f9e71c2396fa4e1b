using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Monitors;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Monitors;

public sealed class PromotionBetweenBatchesTests
{
    [Fact]
    public async Task DecideAsync_TwoPromotionsBetweenTwoBatches_DisposesTheOneThatNeverScored()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var model = await SeenAsync(sidecar);
        CountingScorer[] scorers = [new("one"), new("two")];
        foreach (var scorer in scorers)
        {
            await DecideAsync(sidecar, model, scorer, promote: true);
        }

        (await ScoreAsync(sidecar)).ShouldBe("two");
        scorers.Select(s => s.Disposed).ShouldBe([1, 0]);
        scorers[1].Rows.ShouldBe(1);
    }

    [Fact]
    public async Task DecideAsync_RefusedChallenger_IsDisposedAndTheChampionStays()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var model = await SeenAsync(sidecar);
        var challenger = new CountingScorer("worse");

        (await DecideAsync(sidecar, model, challenger, promote: false)).Promoted.ShouldBeFalse();

        challenger.Disposed.ShouldBe(1);
        (await ScoreAsync(sidecar)).ShouldBe(StartingMonitors.SoftmaxVersion);
    }

    [Fact]
    public async Task RollBackAsync_ToAnotherHeadOfTheRunningGraph_KeepsItsScorerInUse()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var model = await SeenAsync(sidecar);
        var graph = new CountingScorer("graph");
        await DecideAsync(sidecar, model, graph, promote: true);
        using (var headed = MonitorLease.TryTake(model.Monitor with { Version = "graph+7" })!)
        {
            await Manager(sidecar).DecideAsync(model, new Proposal(PromotionKind.Recalibration, headed, 50), Won, Actor.Sidecar);
        }

        (await ScoreAsync(sidecar)).ShouldBe("graph+7");
        (await Manager(sidecar).RollBackAsync(model, Actor.Sidecar))!.MonitorVersion.ShouldBe("graph");
        (await ScoreAsync(sidecar)).ShouldBe("graph");
        graph.Disposed.ShouldBe(0);
        graph.Rows.ShouldBe(2);

        await Manager(sidecar).RollBackAsync(model, Actor.Sidecar);
        (await ScoreAsync(sidecar)).ShouldBe(StartingMonitors.SoftmaxVersion);
        graph.Disposed.ShouldBe(1);
    }

    private static PromotionVerdict Won => new(true, 0.5, 0.4, 0.01, 100, 1000, "Better.");

    private static MonitorManager Manager(TestSidecar sidecar) => sidecar.Services.GetRequiredService<MonitorManager>();

    private static async Task<PromotionRow> DecideAsync(TestSidecar sidecar, ModelState model, CountingScorer scorer, bool promote)
    {
        using var proposed = scorer.ToMonitor();
        return await Manager(sidecar).DecideAsync(model, new Proposal(PromotionKind.FineTuning, proposed, 100), Won with { Promote = promote }, Actor.Sidecar);
    }

    private static async Task<ModelState> SeenAsync(TestSidecar sidecar)
    {
        await ScoreAsync(sidecar);
        sidecar.Services.GetRequiredService<ModelRegistry>().TryGet(new ModelKey("m", "1"), out var model).ShouldBeTrue();
        return model;
    }

    private static async Task<string> ScoreAsync(TestSidecar sidecar) =>
        (await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.7f, 0.3f]]) })).MonitorVersion;
}
