using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Adaptation;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Storage;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage;
using AccuracyMonitor.Storage.Audit;

namespace AccuracyMonitor.Sidecar.Tests.Storage;

public sealed class RetirementWorkerTests
{
    private const int Cap = 4;

    private static readonly TimeSpan Idle = TimeSpan.FromHours(25);

    [Fact]
    public async Task Deployments_WithoutAnEnd_AreAllWatched_AndStateAndSeriesStayBounded()
    {
        await using var bench = await OpenAsync();
        var (registry, worker, budget) = (bench.Get<ModelRegistry>(), bench.Get<RetirementWorker>(), bench.Get<ModelPlan>().Budget);
        var most = 0L;
        for (var version = 0; version < 3 * Cap; version++)
        {
            var model = registry.GetOrCreate(Key(version), classCount: 2).ShouldNotBeNull($"version {version}");
            registry.ResolveSegment(model, "a");
            model.Classes.Of(1).ShouldNotBeNull();
            most = Math.Max(most, budget.Held);
            bench.Clock.Advance(Idle);
            await worker.RunAsync(TestContext.Current.CancellationToken);
        }

        registry.Models.Count().ShouldBeLessThan(Cap);
        budget.Held.ShouldBeLessThan(most);
        Counters(bench).ShouldBe(registry.Models.Count());
    }

    [Fact]
    public async Task AVersionThatIsSeenAgain_GoesOnWithItsLabelsAndClosedWindows()
    {
        await using var bench = await OpenAsync();
        var (registry, worker, history) = (bench.Get<ModelRegistry>(), bench.Get<RetirementWorker>(), bench.Get<RunningHistory>());
        var model = registry.GetOrCreate(Key(0), classCount: 2)!;
        ClosedWindow[] closed = [new(Workbench.Start.AddDays(-2), Workbench.Start.AddDays(-1), 0.9, 0.02, 100)];
        await bench.Store.Windows.ReplaceClosedAsync(Key(0), closed, TestContext.Current.CancellationToken);
        await bench.LabelUniformAsync(Key(0), "a", "b");
        await history.RefreshAsync(model, TestContext.Current.CancellationToken);
        var before = model.Running.Read(0.05).ToArray();
        before.Length.ShouldBe(2);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Fill(registry);
        bench.Clock.Advance(Idle);
        await worker.RunAsync(TestContext.Current.CancellationToken);
        registry.TryGet(Key(0), out _).ShouldBeFalse();

        // A label that comes late, of a prediction from before.
        await bench.LabelUniformAsync(Key(0), "c");
        var again = registry.GetOrCreate(Key(0), classCount: 2)!;
        await again.Restored.WaitAsync(TestContext.Current.CancellationToken);
        await history.RefreshAsync(again, TestContext.Current.CancellationToken);

        again.ShouldNotBeSameAs(model);
        again.Running.Uniform.ShouldBe((3L, 3L));
        again.Running.Read(0.05).Single(r => r.Sequence == "asymptotic").ShouldBe(before.Single(r => r.Sequence == "asymptotic"));
    }

    [Fact]
    public async Task AStoreThatCanNotBeWritten_KeepsTheVersion()
    {
        await using var bench = await OpenAsync();
        var (registry, worker) = (bench.Get<ModelRegistry>(), bench.Get<RetirementWorker>());
        var first = registry.GetOrCreate(Key(0), classCount: 2)!;
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Fill(registry);
        first.Running.Restore([], Workbench.Start);
        first.Running.Close([WindowSumWorkerTests.Labelled(Workbench.Start.AddMinutes(-24))], Workbench.Start);
        bench.Clock.Advance(Idle);
        bench.Refusal.Start("closed_windows");

        await Should.ThrowAsync<StoreException>(() => worker.RunAsync(TestContext.Current.CancellationToken));
        registry.TryGet(Key(0), out _).ShouldBeTrue();
        registry.Models.Count().ShouldBe(Cap - 2, "one that cannot be retired does not keep the others");
        registry.TryRetire(first, _ => { }).ShouldBeFalse();

        bench.Refusal.End();
        Fill(registry);
        await worker.RunAsync(TestContext.Current.CancellationToken);
        registry.TryGet(Key(0), out _).ShouldBeFalse();
        var again = registry.GetOrCreate(Key(0), classCount: 2)!;
        await bench.Get<RunningHistory>().RefreshAsync(again, TestContext.Current.CancellationToken);
        again.Running.Read(0.05).Single().Windows.ShouldBe(1);
    }

    [Fact]
    public async Task HoweverManyVersionsTheStoreKnows_RoomIsMade()
    {
        var folder = Directory.CreateTempSubdirectory("am-versions-").FullName;
        try
        {
            await using (var before = await Workbench.OpenInAsync(folder))
            {
                before.Refusal.Scalar(
                    """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)
                    INSERT INTO uniform_labels SELECT 'm', 'old' || i, 1, 1 FROM n
                    """);
            }

            await using var bench = await Workbench.OpenInAsync(folder, $"--Intake:MaxModels={Cap}");
            Fill(bench.Get<ModelRegistry>());
            bench.Clock.Advance(Idle);
            await bench.Get<RetirementWorker>().RunAsync(TestContext.Current.CancellationToken);

            bench.Get<ModelRegistry>().Models.Count().ShouldBeLessThan(Cap);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task AVersionWhoseClosedWindowsWereSetAsideWithADamagedDatabase_MakesRoomToo()
    {
        await using var bench = await OpenAsync();
        var registry = bench.Get<ModelRegistry>();
        var model = registry.GetOrCreate(Key(0), classCount: 2)!;
        model.Running.Restore([], Workbench.Start);
        model.Running.Close([WindowSumWorkerTests.Labelled(Workbench.Start.AddMinutes(-24))], Workbench.Start);
        await bench.Get<WindowSumWorker>().WriteAsync(model);
        bench.Refusal.Scalar("DELETE FROM closed_windows");
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Fill(registry);
        bench.Clock.Advance(Idle);

        await bench.Get<RetirementWorker>().RunAsync(TestContext.Current.CancellationToken);

        registry.TryGet(Key(0), out _).ShouldBeFalse();
    }

    [Fact]
    public async Task AVersionThatIsSeenAgain_IsScoredByItsChampion_AndNotByTheOneItStartedWith()
    {
        await using var bench = await OpenAsync();
        var starting = bench.Get<StartingMonitors>();
        starting.ReadWhenSeen(Key(0), () => new CountingScorer("champion").ToMonitor());

        var model = bench.Get<ModelRegistry>().GetOrCreate(Key(0), classCount: 2)!;
        await model.FirstMonitor.Settled;
        model.Monitor.Version.ShouldBe("champion");

        // Another version has none in the store, and starts as ever.
        starting.ReadWhenSeen(Key(1), () => null);
        var other = bench.Get<ModelRegistry>().GetOrCreate(Key(1), classCount: 2)!;
        await other.FirstMonitor.Settled;
        other.Monitor.Version.ShouldBe(StartingMonitors.SoftmaxVersion);
    }

    [Fact]
    public async Task AChampionThatCanNotBeReadAtOnce_IsNotTakenForAbsent()
    {
        await using var bench = await OpenAsync();
        var tries = 0;
        bench.Get<StartingMonitors>().ReadWhenSeen(
            Key(0), () => ++tries == 1 ? throw new StoreException("busy") : new CountingScorer("champion").ToMonitor());

        var model = bench.Get<ModelRegistry>().GetOrCreate(Key(0), classCount: 2)!;
        await Eventually.TrueAsync(
            () =>
            {
                bench.Clock.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(model.FirstMonitor.IsSettled);
            },
            "it is read again");

        model.Monitor.Version.ShouldBe("champion");
        tries.ShouldBe(2);
    }

    [Fact]
    public async Task NothingIsChangedInTheNameOfARetiredVersion_AndItsBudgetIsGivenBackWhole()
    {
        await using var bench = await OpenAsync();
        var (registry, worker, budget) = (bench.Get<ModelRegistry>(), bench.Get<RetirementWorker>(), bench.Get<ModelPlan>().Budget);
        var model = registry.GetOrCreate(Key(0), classCount: 2)!;
        model.Classes.Of(0).ShouldNotBeNull();
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Fill(registry);
        bench.Clock.Advance(Idle);
        await worker.RunAsync(TestContext.Current.CancellationToken);
        var held = budget.Held;

        model.Classes.Of(1).ShouldBeNull();
        budget.Held.ShouldBe(held);
        (await model.TryManageAsync(TestContext.Current.CancellationToken)).ShouldBeFalse();
        var decision = await bench.Get<HeadRecalibration>().RunAsync(model, Actor.Sidecar, TestContext.Current.CancellationToken);
        (decision.Promoted, decision.Reason).ShouldBe((false, "The version is not in use any more."));
    }

    private static Task<Workbench> OpenAsync() => Workbench.OpenAsync($"--Intake:MaxModels={Cap}");

    private static ModelKey Key(int version) => new("m", $"{version}");

    private static void Fill(ModelRegistry registry)
    {
        for (var version = 1; registry.Models.Count() < Cap; version++)
        {
            registry.GetOrCreate(Key(version), classCount: 2);
        }
    }

    private static int Counters(Workbench bench) =>
        bench.Get<MetricRegistry>().Find("accuracy_monitor_predictions_total")!.Snapshot.Count;
}
