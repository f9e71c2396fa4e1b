using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Monitors;
using AccuracyMonitor.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AccuracyMonitor.Sidecar.Tests.Monitors;

public sealed class MonitorManagerTests
{
    private static readonly PromotionVerdict Won = new(true, 0.5, 0.4, 0.01, 100, 60, "Better.");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Theory]
    [InlineData("monitors")]
    [InlineData("activations")]
    [InlineData("decisions")]
    [InlineData("audit")]
    public async Task DecideAsync_AWriteFails_TheChampionStaysInMemoryAndOnDisk(string table)
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var model = await SeenAsync(sidecar);
        var champion = model.Monitor.Version;
        using (new FailingTable(sidecar.Database, table))
        {
            await Should.ThrowAsync<Exception>(() => DecideAsync(sidecar, model, Won));
        }

        model.Monitor.Version.ShouldBe(champion);
        var active = await Store(sidecar).Monitors.ActiveAsync(model.Key, TestContext.Current.CancellationToken);
        (active?.MonitorVersion ?? champion).ShouldBe(champion);
        (await Store(sidecar).Monitors.CountPromotionsAsync(model.Key, TestContext.Current.CancellationToken)).ShouldBe(0);

        (await DecideAsync(sidecar, model, Won)).Promoted.ShouldBeTrue("the store works again");
        model.Monitor.Version.ShouldBe("next");
    }

    [Fact]
    public async Task DecideAsync_RecordsTheVerdictAndTheTime()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var model = await SeenAsync(sidecar);

        await DecideAsync(sidecar, model, Won with { Promote = false, Reason = "Not better." });

        var decision = (await Store(sidecar).Monitors.DecisionsAsync(model.Key, cancellation: TestContext.Current.CancellationToken)).ShouldHaveSingleItem();
        (decision.Promoted, decision.Reason, decision.DecidedAt, decision.Labels).ShouldBe((false, "Not better.", _time.GetUtcNow(), 100));
    }

    [Fact]
    public async Task CountPromotionsAsync_CountsEvidenceAndNotAPersonsWord()
    {
        await using var sidecar = await TestSidecar.StartAsync();
        var model = await SeenAsync(sidecar);
        await DecideAsync(sidecar, model, Won);
        await Manager(sidecar).RollBackAsync(model, Actor.Sidecar);
        await DecideAsync(sidecar, model, Won with { Promote = false });

        (await Store(sidecar).Monitors.CountPromotionsAsync(model.Key, TestContext.Current.CancellationToken)).ShouldBe(1);
        (await Store(sidecar).Monitors.CountPromotionsAsync(new ModelKey("m", "2"), TestContext.Current.CancellationToken)).ShouldBe(0);
    }

    private static MonitorStore Store(TestSidecar sidecar) => sidecar.Services.GetRequiredService<MonitorStore>();

    private MonitorManager Manager(TestSidecar sidecar) =>
        new(Store(sidecar), sidecar.Services.GetRequiredService<MonitorLoader>(), _time, NullLogger<MonitorManager>.Instance);

    private async Task<PromotionRow> DecideAsync(TestSidecar sidecar, ModelState model, PromotionVerdict verdict)
    {
        using var proposed = new CountingScorer("next").ToMonitor();
        return await Manager(sidecar).DecideAsync(model, new Proposal(PromotionKind.Recalibration, proposed, 100), verdict, Actor.Sidecar);
    }

    private static async Task<ModelState> SeenAsync(TestSidecar sidecar)
    {
        await sidecar.Predictions.ScoreAsync(new ScoreRequest { Batch = Batches.Of([[0.7f, 0.3f]]) });
        sidecar.Services.GetRequiredService<ModelRegistry>().TryGet(new ModelKey("m", "1"), out var model).ShouldBeTrue();
        return model;
    }
}
