using System.Runtime.InteropServices;
using AccuracyMonitor.Core;
using AccuracyMonitor.Hosting.Metrics;
using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Intake;
using AccuracyMonitor.Sidecar.Labelling;
using AccuracyMonitor.Sidecar.Models;
using AccuracyMonitor.Sidecar.Queueing;
using AccuracyMonitor.Sidecar.Scoring;
using AccuracyMonitor.Sidecar.Storage;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Sidecar.Tests.Storage;

/// <summary>Versions that make room within the windows that count them, against a sidecar with room for all of them.</summary>
public sealed class EvictionTests
{
    private const int Few = 4;

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task SixtyFiveDeploymentsWithinAnHour_AreAllTaken()
    {
        await using var bench = await Workbench.OpenAsync();
        for (var version = 0; version < 65; version++)
        {
            await ReportAsync(bench, version, $"{version}");
            bench.Clock.Advance(TimeSpan.FromSeconds(50));
            await MakeRoomAsync(bench);
        }

        bench.Get<ModelRegistry>().Models.Count().ShouldBeLessThan(64);
    }

    [Fact]
    public async Task AVersionThatHasJustReported_DoesNotMakeRoom_AndTheNextIsRefused()
    {
        await using var bench = await OpenAsync(Few);
        for (var version = 0; version < Few; version++)
        {
            await ReportAsync(bench, version, "a");
        }

        bench.Clock.Advance(TimeSpan.FromMinutes(4));
        await MakeRoomAsync(bench);
        bench.Get<IntakeService>().Submit(Batch(Few, "a")).Refusal.ShouldNotBeNull().Reason.ShouldBe(BatchParser.TooManyModels);

        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await MakeRoomAsync(bench);
        await ReportAsync(bench, Few, "a");
    }

    [Fact]
    public async Task AVersionWithABatchThatWaits_DoesNotMakeRoom()
    {
        await using var bench = await OpenAsync(Few);
        await ReportAsync(bench, 0, "a");
        await FillAsync(bench);
        var waiting = bench.Get<IntakeService>().Submit(Batch(0, "waits")).Batch.ShouldNotBeNull();
        bench.Clock.Advance(Idle);
        await MakeRoomAsync(bench);
        bench.Get<ModelRegistry>().TryGet(Key(0), out _).ShouldBeTrue();

        await ScoreAsync(bench, waiting);
        await FillAsync(bench);
        bench.Clock.Advance(Idle);
        await MakeRoomAsync(bench);
        bench.Get<ModelRegistry>().TryGet(Key(0), out _).ShouldBeFalse();
    }

    [Fact]
    public async Task WhatIsCountedAfterAReturn_IsStoredOverWhatWasThereBefore()
    {
        await using var bench = await OpenAsync(Few);
        await ReportAsync(bench, 0, "a", rows: 30);
        for (var turn = 1; turn <= 3; turn++)
        {
            await FillAsync(bench);
            bench.Clock.Advance(Idle);
            await MakeRoomAsync(bench);
            bench.Get<ModelRegistry>().TryGet(Key(0), out _).ShouldBeFalse();
            await ReportAsync(bench, 0, $"turn{turn}");
            await bench.Get<WindowSumWorker>().RunAsync(TestContext.Current.CancellationToken);

            var stored = await bench.Store.Windows.BucketsAsync(DateTimeOffset.MinValue, Key(0), TestContext.Current.CancellationToken);
            stored.Where(b => b.Series is { Segment: "", PredictedClass: null } && b.Snapshot.Window == TimeSpan.FromHours(24))
                .Sum(b => b.Snapshot.Sums.Count).ShouldBe(30 + turn);
        }
    }

    [Fact]
    public async Task LabelsOfAVersionThatMadeRoom_CountWhenItReturns()
    {
        await using var bench = await OpenAsync(Few, "--Sampling:Budget=1");
        await ReportAsync(bench, 0, "a", rows: 3);
        await FillAsync(bench);
        bench.Clock.Advance(Idle);
        await MakeRoomAsync(bench);
        await LabelAsync(bench, 0, "a-0", 0);
        await LabelAsync(bench, 0, "a-1", 1);

        await ReportAsync(bench, 0, "b");
        var windows = await PublishedAsync(bench);
        var longest = windows.Single(w => w.Series == new SeriesKey("m", "0", "") && w.Window == TimeSpan.FromHours(24)).Estimate;
        (longest.Predictions, longest.Labels).ShouldBe((4L, 2L));
    }

    [Fact]
    public async Task KilledBetweenMakingRoomAndTheReturn_TheVersionGoesOnWithAllThatItHad()
    {
        var folder = Directory.CreateTempSubdirectory("am-killed-").FullName;
        try
        {
            await using (var bench = await OpenAsync(Few, "--Sampling:Budget=1"))
            {
                await ReportAsync(bench, 0, "a", rows: 30);
                await FillAsync(bench);
                bench.Clock.Advance(Idle);
                await MakeRoomAsync(bench);
                bench.Get<ModelRegistry>().TryGet(Key(0), out _).ShouldBeFalse();
                await LabelAsync(bench, 0, "a-0", 0);

                // What kill -9 leaves: the files as they are now, with the log that no close has taken in.
                bench.CopyDatabaseTo(folder);
            }

            await using var again = await Workbench.OpenInAsync(folder, "--Intake:MaxModels=4", "--Sampling:Budget=1");
            await ReportAsync(again, 0, "b");
            var longest = (await PublishedAsync(again)).Single(w => w.Series == new SeriesKey("m", "0", "") && w.Window == TimeSpan.FromHours(24)).Estimate;
            (longest.Predictions, longest.Labels).ShouldBe((31L, 1L));
            await again.Get<WindowSumWorker>().RunAsync(TestContext.Current.CancellationToken);
            (await again.Store.Windows.BucketsAsync(DateTimeOffset.MinValue, Key(0), TestContext.Current.CancellationToken))
                .Where(b => b.Series is { Segment: "", PredictedClass: null } && b.Snapshot.Window == TimeSpan.FromHours(24))
                .Sum(b => b.Snapshot.Sums.Count).ShouldBe(31);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task AVersionIsNotEstimated_NorALabelOfItCounted_WhileItIsReadBack()
    {
        await using var bench = await OpenAsync(Few, "--Sampling:Budget=1");
        await ReportAsync(bench, 0, "a", rows: 2);
        await FillAsync(bench);
        bench.Clock.Advance(Idle);
        await MakeRoomAsync(bench);

        // A change that is under way keeps the version from being read back.
        var changes = bench.Get<StoredChanges>();
        var held = new TaskCompletionSource();
        var change = changes.ChangeAsync(async () =>
        {
            await held.Task;
            return 0;
        });
        var batch = bench.Get<IntakeService>().Submit(Batch(0, "b")).Batch.ShouldNotBeNull();
        bench.Get<ModelRegistry>().TryGet(Key(0), out var model).ShouldBeTrue();
        model.IsRestored.ShouldBeFalse();
        (await PublishedAsync(bench)).ShouldNotContain(w => w.Series.ModelKey == Key(0));
        held.SetResult();
        await change;
        await ScoreAsync(bench, batch);
        await LabelAsync(bench, 0, "a-0", 0);

        var longest = (await PublishedAsync(bench)).Single(w => w.Series == new SeriesKey("m", "0", "") && w.Window == TimeSpan.FromHours(24)).Estimate;
        (longest.Predictions, longest.Labels).ShouldBe((3L, 1L));
    }

    /// <summary>Seeds beyond the first by ACCURACY_MONITOR_EVICTION_SEEDS.</summary>
    [Fact]
    public async Task RandomOperations_OnASmallAndALargeSidecar_PublishTheSame()
    {
        var seeds = int.TryParse(Environment.GetEnvironmentVariable("ACCURACY_MONITOR_EVICTION_SEEDS"), out var asked) ? asked : 2;
        for (var seed = 1; seed <= seeds; seed++)
        {
            await CompareAsync(seed);
        }
    }

    private static async Task CompareAsync(int seed)
    {
        const int Versions = 9;
        string[] settings =
            ["--Sampling:Budget=0.5", "--Sampling:AdaptUniformShare=false", "--Adaptation:RecalibrateEvery=0", "--Labelling:RequestLifetime=02:00:00"];
        await using var small = await OpenAsync(Few, settings);
        await using var large = await OpenAsync(64, settings);
        Workbench[] both = [small, large];
        var random = new Random(seed);
        List<(int Version, string Id)> ids = [];
        for (var step = 0; step < 300; step++)
        {
            var (kind, version, draw) = (random.Next(10), random.Next(Versions), random.Next());
            var (rows, (labelled, id)) = (1 + (draw % 40), ids.Count == 0 ? (0, "none") : ids[draw % ids.Count]);
            var mayReport = IsKnown(small, version) || small.Get<ModelRegistry>().Models.Count() < Few;
            if (kind < 5 && mayReport)
            {
                ids.AddRange(Batches.Ids($"{step}", rows).Select(i => (version, i)));
            }

            foreach (var bench in both)
            {
                await (kind switch
                {
                    < 5 => mayReport ? ReportAsync(bench, version, $"{step}", rows, segment: draw % 3 == 0 ? "eu" : "", seed: draw) : Task.CompletedTask,
                    5 or 6 => LabelAsync(bench, labelled, id, draw % 4),
                    7 => draw % 2 == 0 ? SkipAsync(bench, labelled, id) : RetractAsync(bench, labelled, id),
                    8 => AdvanceAsync(bench, TimeSpan.FromSeconds(draw % 900)),
                    _ => MakeRoomAsync(bench),
                });
            }

            if (step % 20 == 19)
            {
                await ShouldPublishTheSameAsync(small, large, $"seed {seed}, step {step}");
            }
        }

        large.Get<ModelRegistry>().Models.Count().ShouldBe(Versions);
        small.Get<MetricRegistry>().Find("accuracy_monitor_retired_versions_total")!.Snapshot.Single().Value.ShouldBeGreaterThan(5, $"seed {seed}");
    }

    private static async Task ShouldPublishTheSameAsync(Workbench small, Workbench large, string where)
    {
        await PublishedAsync(small);
        await PublishedAsync(large);
        var (few, all) = (small.Get<LatestEstimates>().Latest, large.Get<LatestEstimates>().Latest);
        few.Models.Count.ShouldBeGreaterThan(0, where);
        foreach (var model in few.Models)
        {
            model.ShouldBe(all.Models.Single(m => m.Key == model.Key), where);
            few.Running.Where(r => r.Key == model.Key).ShouldBe(all.Running.Where(r => r.Key == model.Key), where);
            Numbers(few, model.Key).ShouldBe(Numbers(all, model.Key), where);
        }
    }

    /// <summary>Of every window of every series; the order in which labels are added up moves the last digits.</summary>
    private static string[] Numbers(PublishedEstimates all, ModelKey key) =>
    [
        .. all.Windows.Where(w => w.Series.ModelKey == key && w.Series.PredictedClass is null).Select(w =>
            $"{w.Series} {w.Window} n={w.Estimate.Predictions} labels={w.Estimate.Labels} {Of(w.Estimate.LabelFree)} {Of(w.Estimate.Labelled)} "
                + $"{Of(w.Estimate.Audited)} {Of(w.Estimate.Combined)} {w.AccuracyAlarm} {w.ValidityAlarm} {w.MonitorVersion}").Order(StringComparer.Ordinal),
    ];

    private static string Of(Core.Estimation.AccuracyEstimate? e) =>
        e is null ? "-" : $"{e.State} {e.Value:0.########} [{e.Lower:0.########}, {e.Upper:0.########}]";

    private static bool IsKnown(Workbench bench, int version) => bench.Get<ModelRegistry>().TryGet(Key(version), out _);

    private static Task<Workbench> OpenAsync(int cap, params string[] settings) => Workbench.OpenAsync([$"--Intake:MaxModels={cap}", .. settings]);

    private static ModelKey Key(int version) => new("m", $"{version}");

    private static async Task<PublishedEstimate[]> PublishedAsync(Workbench bench)
    {
        await bench.Get<EstimateRefresh>().RunAsync();
        return [.. bench.Get<LatestEstimates>().Latest.Windows];
    }

    /// <summary>All versions but the first report, so that it makes room first.</summary>
    private static async Task FillAsync(Workbench bench)
    {
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        for (var version = 1; version < Few; version++)
        {
            await ReportAsync(bench, version, $"fill{bench.Clock.GetUtcNow().Ticks}");
        }
    }

    private static Task MakeRoomAsync(Workbench bench) => bench.Get<RetirementWorker>().RunAsync(TestContext.Current.CancellationToken);

    private static async Task AdvanceAsync(Workbench bench, TimeSpan by)
    {
        bench.Clock.Advance(by);
        await bench.Get<RequestExpiryWorker>().RunAsync(TestContext.Current.CancellationToken);
    }

    private static Task LabelAsync(Workbench bench, int version, string id, int label) => bench.Get<LabelApplier>().WriteAsync(() => bench.Store.CompleteAsync(
        [new LabelAnswer { Key = Key(version), PredictionId = id, Label = label }], Now(bench), cancellation: TestContext.Current.CancellationToken));

    private static Task RetractAsync(Workbench bench, int version, string id) => bench.Get<LabelApplier>().WriteAsync(
        () => bench.Store.RetractAsync([(Key(version), id)], "ann", Now(bench), TestContext.Current.CancellationToken));

    private static Task SkipAsync(Workbench bench, int version, string id)
    {
        var applier = bench.Get<LabelApplier>();
        return applier.WriteAsync(
            () => bench.Store.SkipAsync([(Key(version), id)], "", Now(bench), TestContext.Current.CancellationToken),
            results =>
            {
                if (results[0] is { Outcome: LabelOutcome.Ok, Request: { } request } result)
                {
                    applier.Unanswered(request, result.PreviousState);
                }
            });
    }

    private static Origin Now(Workbench bench) => new(Actor.Sidecar, bench.Clock.GetUtcNow());

    private static async Task ReportAsync(Workbench bench, int version, string prefix, int rows = 1, string segment = "", int seed = 1)
    {
        var parsed = bench.Get<IntakeService>().Submit(Batch(version, prefix, rows, segment, seed));
        parsed.Refusal.ShouldBeNull($"version {version}");
        await ScoreAsync(bench, parsed.Batch!);
    }

    private static async Task ScoreAsync(Workbench bench, ScoreBatch batch)
    {
        var cancel = TestContext.Current.CancellationToken;
        await batch.Model.FirstMonitor.Settled.WaitAsync(cancel);
        var next = await bench.Get<ScoringQueue>().Reader.ReadAsync(cancel);
        next.ShouldBeSameAs(batch);
        bench.Get<ScoringQueue>().Taken(next);
        bench.Get<MicroBatchProcessor>().Process([next]);
        await batch.Done.Task.WaitAsync(cancel);
    }

    private static ReportedBatch Batch(int version, string prefix, int rows = 1, string segment = "", int seed = 1) => new()
    {
        Model = "m",
        Version = $"{version}",
        Segment = segment,
        Classes = 4,
        Values = MemoryMarshal.AsBytes(Batches.Softmax(rows, 4, seed).SelectMany(r => r).ToArray().AsSpan()).ToArray(),
        Ids = Batches.Ids(prefix, rows),
    };
}
