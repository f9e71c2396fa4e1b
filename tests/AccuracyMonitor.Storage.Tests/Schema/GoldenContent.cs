using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Fleet;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Monitors;
using AccuracyMonitor.Storage.Truth;
using AccuracyMonitor.Storage.Windows;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Schema;

/// <summary>What the golden file holds: something of every table, state and optional column.</summary>
internal static class GoldenContent
{
    private static readonly ModelKey Shoes = new("shoes", "ü-2");

    private static LabelRequest Waiting { get; } = Request("waiting", Shoes, classes: 4) with
    {
        PredictionTime = Start.AddTicks(7),
        Policy = SamplingPolicy.TopUncertainty,
        InclusionProbability = 0,
        Score = 0.1,
        MonitorLogit = -2.1972245773362196,
        Disagreement = 0.3,
        MonitorVersion = "m2",
    };

    private static BucketRow Bucket { get; } = new(
        new SeriesKey("clothing", "7", "eu"),
        new BucketSnapshot(TimeSpan.FromMinutes(5), Start, new PredictionSums
        {
            Count = 9,
            Score = 0.1,
            ScoreSquared = 0.2,
            ScoreVariance = 0.3,
            Confidence = 0.4,
            CoveredCount = 8,
            CoveredScore = 0.5,
            CoveredScoreSquared = 0.6,
            Requested = 7,
        },
        Sequence: 1));

    private static ClosedWindow Closed { get; } = new(Start, Start.AddHours(1), 0.9, 0.03, 51);

    private static MonitorRow First { get; } = new()
    {
        Key = Clothing,
        MonitorVersion = "m1",
        Kind = "ensemble",
        CreatedAt = Start,
        TrainingLabels = 11,
        Metadata = """{"epochs":3}""",
        Onnx = [1, 2, 3],
    };

    private static PromotionRow Decision { get; } = new()
    {
        Key = Clothing,
        ChallengerVersion = "m2",
        ChampionVersion = "m1",
        Kind = PromotionKind.Recalibration,
        Promoted = true,
        ChampionLoss = 0.5,
        ChallengerLoss = 0.25,
        Labels = 100,
        Reason = "better",
        DecidedAt = Start,
    };

    private static NetworkEvidenceRow Networks { get; } = new(Clothing, "m1", 1.5, 0.25, 0.125, 3);

    private static AnswerConditions Blind { get; } = new()
    {
        ShownAt = Start,
        AnsweredAt = Start.AddSeconds(1),
        Revealed = false,
        Tool = "page",
        ClassNamesVersion = "names",
    };

    private static StoredInput Picture { get; } = new("image/png", "picture"u8.ToArray());

    private static RememberedPrediction Remembered { get; } = new()
    {
        Key = Clothing,
        ClassCount = 3,
        PredictionId = "remembered",
        Time = Start,
        PredictedClass = 1,
        Score = 0.5,
    };

    private static RememberedPrediction OfCaller { get; } =
        Remembered with { Key = Shoes, PredictionId = $"{PredictionIds.PrefixOf("token:app")}{Remembered.PredictionId}" };

    private static Origin Ops { get; } = new(new Actor("token:ops", "10.0.0.7"), Start);

    public static async Task WriteAsync(MonitorStore store)
    {
        var expired = Request("expired") with { ExpiresAt = Start, PredictionTime = Start.AddDays(-1) };
        await store.EnqueueAsync(
            [expired, Request("answered") with { UniformSample = true }, Request("skipped"), Request("retracted"), Request("leased"), Waiting], [Bucket]);
        var leases = await store.LeaseAsync(new LeaseQuery { MaxItems = 2, Annotator = "ann", Duration = TimeSpan.FromHours(12) }, Start);
        await store.SkipAsync([leases[1].LeaseId], "blurred", Ops);
        await store.CompleteAsync(
            [
                new LabelAnswer { LeaseId = leases[0].LeaseId, Label = 0, Annotator = "ann" },
                new LabelAnswer { Key = Clothing, PredictionId = "retracted", Label = 1, Annotator = "ann" },
            ],
            Start);
        await store.CompleteAsync(
            [new LabelAnswer { Key = Clothing, PredictionId = "answered", Label = 2, Annotator = "bob", Conditions = Blind }], Start.AddSeconds(2));
        await store.RetractAsync([(Clothing, "retracted")], "bob", Start.AddSeconds(3));
        await store.LeaseAsync(new LeaseQuery { Annotator = "cat", Duration = TimeSpan.FromHours(12) }, Start);
        await store.ExpireAsync(Start);
        await store.Windows.ReplaceClosedAsync(Clothing, [Closed]);
        await store.Monitors.RegisterAsync(First);
        await store.Monitors.RegisterAsync(First with { MonitorVersion = "m2", Parent = "m1", Head = [4, 5] });
        await store.Monitors.ActivateAsync(Clothing, "m1", null, Start);
        await store.Monitors.ActivateAsync(Clothing, "m2", Decision, Start);
        await store.Monitors.RollBackAsync(Clothing, "worse", Ops);
        await store.Monitors.SaveNetworkEvidenceAsync(Networks);
        await store.Inputs.AttachAsync(Clothing, "leased", Picture, 1000, Start);
        await store.Truth.RememberAsync([Remembered, Remembered with { PredictionId = "older", Time = Start.AddHours(-2) }, OfCaller]);
        await store.RecordStartAsync(new Dictionary<string, string> { ["Alarms:Objective"] = "0.9" }, Ops);
        await store.Annotators.SetGoldAsync([new GoldClass { Key = Clothing, PredictionId = "answered", Class = 1 }], Ops);
        await store.Fleet.ConnectAsync();
        await store.Fleet.MarkAsync(limit: 1);
        await store.ForgetAsync(Clothing, ["forgotten"], Ops);
    }

    /// <param name="store">Holds what <see cref="WriteAsync"/> wrote.</param>
    /// <param name="version">Schema that it was written with: what later ones added is not in it.</param>
    public static async Task CheckAsync(MonitorStore store, int version)
    {
        await CheckRequestsAsync(store);
        await CheckLabelsAsync(store, version);
        await CheckInputAsync(store, version);
        await CheckCallersAsync(store, version);
        await CheckMonitorsAsync(store);
        await CheckAuditAsync(store, version);
        await CheckFleetAsync(store, version);
        var bucket = Bucket with { Snapshot = Bucket.Snapshot with { Sequence = version >= 3 ? 1 : 0 } };
        (await store.Windows.BucketsAsync(DateTimeOffset.MinValue)).ShouldBe([bucket]);
        (await store.UniformLabelsAsync(Clothing)).ShouldBe(version >= 2 ? new UniformLabelCount(1, 1) : default);
        (await store.Windows.ClosedAsync(Clothing)).ShouldBe(version >= 2 ? [Closed] : []);
        (await store.Monitors.NetworkEvidenceAsync(Clothing, "m1")).ShouldBe(version >= 4 ? Networks : null);
        (await store.Monitors.NetworkEvidenceAsync(Clothing, "m2")).ShouldBeNull("it is about another champion");
    }

    private static async Task CheckRequestsAsync(MonitorStore store)
    {
        (await store.CountsAsync()).ShouldBe(new QueueCounts(1, 1, 1, 1, 1, 1, Start));
        var requests = new List<RequestSummary>();
        await foreach (var request in store.RequestsSinceAsync(DateTimeOffset.MinValue))
        {
            requests.Add(request);
        }

        requests.Select(r => (r.PredictionId, r.State, r.Attempts, r.Label, r.LabelSequence)).ShouldBe(
        [
            ("expired", RequestState.Expired, 0, null, 0), ("answered", RequestState.Answered, 1, 2, 3), ("skipped", RequestState.Skipped, 1, null, 0),
            ("retracted", RequestState.Retracted, 0, null, 4), ("leased", RequestState.Leased, 1, null, 0), ("waiting", RequestState.Waiting, 0, null, 0),
        ]);
        requests.Select(r => r.SkipReason).ShouldBe([null, null, "blurred", null, null, null]);
        requests[^1].ShouldBe(new RequestSummary
        {
            Series = Waiting.Series,
            PredictionId = Waiting.PredictionId,
            PredictionTime = Waiting.PredictionTime,
            PredictedClass = Waiting.PredictedClass,
            ClassCount = 4,
            Score = Waiting.Score,
            MonitorLogit = Waiting.MonitorLogit,
            Disagreement = Waiting.Disagreement,
            InclusionProbability = Waiting.InclusionProbability,
            Policy = Waiting.Policy,
            MonitorVersion = Waiting.MonitorVersion,
            CreatedAt = Waiting.CreatedAt,
            ExpiresAt = Waiting.ExpiresAt,
            State = RequestState.Waiting,
            Attempts = 0,
        });
    }

    private static async Task CheckLabelsAsync(MonitorStore store, int version)
    {
        var conditions = version >= 7 ? Blind : AnswerConditions.Unknown;
        var labelled = (await store.LabelledRequestsAsync(Clothing, DateTimeOffset.MinValue, 10)).ShouldHaveSingleItem();
        labelled.Request.Probabilities.ShouldBe(Request("x").Probabilities);
        labelled.LabelledAt.ShouldBe(Start.AddSeconds(2));
        (await store.LabelHistoryAsync(Clothing, "answered")).ShouldBe(
            [new(1, 0, "ann", Start), new(3, 2, "bob", Start.AddSeconds(2)) { Conditions = conditions }]);
        (await store.Annotators.GoldAnswersAsync(Clothing, 10)).ShouldBe(
            version >= 8 ? [new GoldAnswer(new Vote("bob", 2), TrueClass: 1, PredictedClass: 2, InclusionProbability: 0.01, IsLabel: true)] : []);
        (await store.LabelHistoryAsync(Clothing, "retracted")).ShouldBe([new(2, 1, "ann", Start), new(4, null, "bob", Start.AddSeconds(3))]);
    }

    private static async Task CheckInputAsync(MonitorStore store, int version)
    {
        var input = await store.Inputs.FindAsync(Clothing, "leased");
        var totals = await store.Inputs.TotalsAsync();
        var realized = await store.Truth.RealizedAsync(Clothing, Start, Start.AddHours(1));
        if (version < 7)
        {
            (input, totals, realized).ShouldBe((null, new InputTotals(0, 0), null));
            return;
        }

        (input!.ContentType, Convert.ToHexString(input.Content.Span)).ShouldBe((Picture.ContentType, Convert.ToHexString(Picture.Content.Span)));
        totals.ShouldBe(new InputTotals(1, Picture.Content.Length));
        realized!.Predictions.ShouldBe(1);
    }

    private static async Task CheckCallersAsync(MonitorStore store, int version)
    {
        var truth = new LabelAnswer { Key = Shoes, PredictionId = Remembered.PredictionId, Label = 1, OfEveryPrediction = true };
        (await store.CheckAsync([truth])).ShouldHaveSingleItem().Outcome.ShouldBe(version < 8 ? LabelOutcome.NotFound : LabelOutcome.KeptApart);
    }

    private static async Task CheckAuditAsync(MonitorStore store, int version)
    {
        var entries = await store.AuditAsync(new AuditQuery());
        if (version < 6)
        {
            entries.ShouldBeEmpty();
            return;
        }

        (long, AuditAction)[] since8 = version >= 8 ? [(11, AuditAction.GoldSet)] : [];
        entries.Reverse().Select(e => (e.Sequence, e.Action)).ShouldBe(
        [
            (1, AuditAction.LabelsSkipped), (2, AuditAction.LabelsCompleted), (3, AuditAction.LabelsCompleted), (4, AuditAction.LabelsRetracted),
            (5, AuditAction.MonitorRegistered), (6, AuditAction.MonitorRegistered), (7, AuditAction.MonitorActivated), (8, AuditAction.MonitorPromoted),
            (9, AuditAction.MonitorRolledBack), (10, AuditAction.Started), .. since8,
        ]);
        entries.Single(e => e.Sequence == 9).ShouldBe(new AuditEntry
        {
            Sequence = 9,
            Origin = Ops,
            Action = AuditAction.MonitorRolledBack,
            Key = Clothing,
            Detail = "m1 took over from m2: worse",
        });
        entries.Single(e => e.Sequence == 8).Origin.ShouldBe(new Origin(Actor.Sidecar, Start));

        // The digests are in the file too: the next start can say what has changed.
        await store.RecordStartAsync(new Dictionary<string, string> { ["Alarms:Objective"] = "0.8", ["Sampling:Budget"] = "0.01" }, Start);
        (await store.AuditAsync(new AuditQuery { Limit = 1 })).Single().Detail.ShouldEndWith(": changed Alarms:Objective, Sampling:Budget");
    }

    private static async Task CheckFleetAsync(MonitorStore store, int version)
    {
        var page = await store.Fleet.NextAsync(10);
        if (version < 7)
        {
            page.ShouldBeNull();
            return;
        }

        page!.Select(c => c.Change).ShouldBe([1, 2]);
        page![0].ShouldBeOfType<RequestChange>().Request.PredictionId.ShouldBe("expired");
        page[1].ShouldBe(new ForgottenChange(2, Clothing, "forgotten"));
        (await store.Fleet.BacklogAsync()).ShouldBe(new FleetBacklog(2, 1, 2, IsMarking: true, 0));
    }

    private static async Task CheckMonitorsAsync(MonitorStore store)
    {
        var champion = (await store.Monitors.ActiveAsync(Clothing))!;
        champion.Onnx.ShouldBe(First.Onnx);
        (champion with { Onnx = First.Onnx }).ShouldBe(First);
        (await store.Monitors.GetAsync(Clothing, "m2"))!.Head.ShouldBe([4, 5]);
        var decisions = await store.Monitors.DecisionsAsync(Clothing);
        decisions[1].ShouldBe(Decision);
        (decisions[0].Kind, decisions[0].Reason).ShouldBe((PromotionKind.RollBack, "worse"));
    }
}
