using AccuracyMonitor.Sidecar.Estimation;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AccuracyMonitor.Sidecar.Tests.Labelling;

public sealed class GoldTests
{
    private static readonly string[] Settings =
    [
        "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Sampling:MaxRequestsPerHour=100000", "--Labelling:SecondOpinionShare=0",
        "--Estimation:MinSamples=1", "--Estimation:MinLabels=1", "--Adaptation:RecalibrateEvery=0", "--Adaptation:FineTuneEvery=0",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gold_items_correct_the_accuracy_for_labels_that_follow_the_model_and_change_no_other_estimate()
    {
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await LabelServiceTests.SendAsync(sidecar, 400);

        // The model says 0, and is wrong in a quarter. One label of 20 is wrong where it is right, and two of 5 follow it where it is wrong; nobody is
        // known to be blind, so that second opinions would correct nothing.
        await AnswerAsync(sidecar, id => Truth(id) == 0 ? (id % 20 == 1 ? 1u : 0u) : id % 20 is 4 or 8 ? 0u : 1u);
        var before = await EstimateAsync(sidecar);
        var set = await sidecar.Labels.SetGoldAsync(
            new SetGoldRequest { Items = { Enumerable.Range(0, 200).Select(i => Item($"p-{i}", Truth(i))) } }, cancellationToken: Cancel);
        set.Outcomes.ShouldAllBe(o => o.Code == OutcomeCode.Ok);

        var quality = await QualityAsync(sidecar);

        (quality.Gold.Labels, quality.Gold.WhereRight, quality.Gold.WhereWrong).ShouldBe((200ul, 150ul, 50ul));
        quality.Gold.ErrorWhereRight.ShouldBe(10 / 150.0, 1e-9);
        quality.Gold.FollowsWhereWrong.ShouldBe(20 / 50.0, 1e-9);
        quality.Gold.Error.ShouldBe(30 / 200.0, 1e-9);
        quality.Gold.ErrorStandardError.ShouldBe(Math.Sqrt(0.15 * 0.85 / 200), 1e-9);
        quality.Gold.Confusions.Select(c => (c.TrueClass, c.AnsweredClass, c.Answers)).ShouldBe([(1u, 0u, 20ul), (0u, 1u, 10ul)]);
        quality.Annotators.Single().GoldError.ShouldBe(0.15, 1e-9);
        (quality.NoiseCorrected.State, quality.NoiseCorrected.ByGold).ShouldBe((CorrectionState.Ok, true));
        quality.NoiseCorrected.Value.ShouldBe(0.75, 1e-6);

        await sidecar.Services.GetRequiredService<LabelQualityWorker>().RunAsync(Cancel);
        await sidecar.Services.GetRequiredService<EstimateRefresh>().RunAsync();
        var estimate = await EstimateAsync(sidecar);
        estimate.NoiseCorrected.Value.ShouldBe(0.75, 1e-6);
        (estimate.Labels, estimate.PendingLabels).ShouldBe((before.Labels, before.PendingLabels), "no true class is a label");
        estimate.Estimates.Single(e => e.Kind == EstimateKind.Audited).Value
            .ShouldBe(before.Estimates.Single(e => e.Kind == EstimateKind.Audited).Value, 1e-9);
    }

    [Fact]
    public async Task What_an_annotator_gets_of_a_gold_item_is_what_he_gets_of_any_request()
    {
        await using var sidecar = await TestSidecar.StartAsync(Settings);
        await LabelServiceTests.SendAsync(sidecar, 2);
        await sidecar.Labels.SetGoldAsync(new SetGoldRequest { Items = { Item("p-1", 1) } }, cancellationToken: Cancel);

        var leased = (await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 2, Annotator = "ann" }, cancellationToken: Cancel)).Items;
        var listed = (await sidecar.Labels.ListRequestsAsync(new ListRequestsRequest(), cancellationToken: Cancel)).Requests;

        leased.Select(i => i.PredictionId).ShouldBe(["p-0", "p-1"]);
        Fields(leased[0]).ShouldBe(Fields(leased[1]));
        Fields(listed[0]).ShouldBe(Fields(listed[1]));

        static IEnumerable<string> Fields(Google.Protobuf.IMessage message) => message.Descriptor.Fields.InDeclarationOrder()
            .Where(f => f.HasPresence ? f.Accessor.HasValue(message) : f.Accessor.GetValue(message) is not (null or "" or 0u))
            .Select(f => f.Name);
    }

    [Fact]
    public async Task Classes_are_taken_by_name_and_each_item_that_cannot_be_taken_says_why()
    {
        var names = Path.GetTempFileName();
        await File.WriteAllTextAsync(names, """{"classes": ["boot", {"name": "coat", "aliases": ["jacket"]}]}""", Cancel);
        await using var sidecar = await TestSidecar.StartAsync([.. Settings, $"--Labelling:Classes:m={names}"]);
        await LabelServiceTests.SendAsync(sidecar, 3);
        var named = new GoldItem { Model = "m", Version = "1", PredictionId = "p-0", ClassName = "jacket" };
        var unknown = new GoldItem { Model = "m", Version = "1", PredictionId = "p-1", ClassName = "hat" };
        var old = new GoldItem { Model = "m", Version = "1", PredictionId = "p-1", ClassName = "coat", ClassNamesVersion = "old" };
        var request = new SetGoldRequest { Items = { named, unknown, old, Item("p-2", 9), Item("nobody", 0) } };

        request.ValidateOnly = true;
        var validated = await sidecar.Labels.SetGoldAsync(request, cancellationToken: Cancel);
        request.ValidateOnly = false;
        var set = await sidecar.Labels.SetGoldAsync(request, cancellationToken: Cancel);

        OutcomeCode[] codes = [OutcomeCode.Ok, OutcomeCode.Invalid, OutcomeCode.Invalid, OutcomeCode.LabelOutOfRange, OutcomeCode.NotFound];
        validated.Outcomes.Select(o => o.Code).ShouldBe(codes);
        set.Outcomes.Select(o => o.Code).ShouldBe(codes);
        set.Outcomes[1].Reason.ShouldContain("'hat'");
        set.Outcomes[2].Reason.ShouldContain("class_names_version is 'old'");
        (await SetAsync(Item("p-0", 1))).ShouldBe(OutcomeCode.Unchanged, "coat is 1");
        (await RefusedAsync(new SetGoldRequest())).ShouldContain("items has 0 entries");
        (await RefusedAsync(new SetGoldRequest { Items = { new GoldItem { Model = "m", Version = "1", PredictionId = "p-0" } } }))
            .ShouldContain("items[0] has no label");
        (await RefusedAsync(new SetGoldRequest { Items = { Item("p-0", 1) }, Remove = true })).ShouldContain("leave both out");
        (await RefusedAsync(new SetGoldRequest { Items = { new GoldItem { Model = "m", PredictionId = "p-0", Label = 0 } } }))
            .ShouldContain("items[0].version is empty");

        async Task<OutcomeCode> SetAsync(GoldItem item) =>
            (await sidecar.Labels.SetGoldAsync(new SetGoldRequest { Items = { item } }, cancellationToken: Cancel)).Outcomes.Single().Code;

        async Task<string> RefusedAsync(SetGoldRequest wrong)
        {
            var refusal = await Should.ThrowAsync<RpcException>(() => sidecar.Labels.SetGoldAsync(wrong, cancellationToken: Cancel).ResponseAsync);
            refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
            return refusal.Status.Detail;
        }
    }

    [Fact]
    public async Task Opinions_are_listed_by_page()
    {
        await using var sidecar = await TestSidecar.StartAsync([.. Settings, "--Labelling:SecondOpinionShare=1"]);
        await LabelServiceTests.SendAsync(sidecar, 3);
        await AnswerAsync(sidecar, _ => 0);
        await AnswerAsync(sidecar, id => (uint)(id % 2), "bob");

        var first = await sidecar.Labels.ListOpinionsAsync(new ListOpinionsRequest { PageSize = 2 }, cancellationToken: Cancel);
        var second = await sidecar.Labels.ListOpinionsAsync(
            new ListOpinionsRequest { PageSize = 2, PageToken = first.NextPageToken }, cancellationToken: Cancel);

        first.Opinions.Concat(second.Opinions).Select(o => (o.PredictionId, o.Model, o.Version, o.Opinion, o.Label, o.Annotator, o.HasRevealed, o.Tool))
            .ShouldBe(
            [
                ("p-2", "m", "1", 2u, 0u, "bob", false, "test"), ("p-1", "m", "1", 2u, 1u, "bob", false, "test"),
                ("p-0", "m", "1", 2u, 0u, "bob", false, "test"),
            ]);
        second.NextPageToken.ShouldBeEmpty();
        (await sidecar.Labels.ListOpinionsAsync(new ListOpinionsRequest { Annotator = "ann" }, cancellationToken: Cancel)).Opinions.ShouldBeEmpty();
        var now = sidecar.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        (await sidecar.Labels.ListOpinionsAsync(new ListOpinionsRequest { Since = now.AddHours(1).ToTimestamp() }, cancellationToken: Cancel))
            .Opinions.ShouldBeEmpty();
    }

    private static uint Truth(int id) => id % 4 == 0 ? 1u : 0u;

    private static GoldItem Item(string id, uint label) => new() { Model = "m", Version = "1", PredictionId = id, Label = label };

    private static async Task AnswerAsync(TestSidecar sidecar, Func<int, uint> label, string annotator = "ann")
    {
        var leased = await sidecar.Labels.LeaseAsync(new LeaseRequest { MaxItems = 1000, Annotator = annotator }, cancellationToken: Cancel);
        var answers = leased.Items.Select(i => new Answer
        {
            LeaseId = i.LeaseId,
            Label = label(int.Parse(i.PredictionId.Split('-')[1])),
            Annotator = annotator,
            Tool = "test",
        });
        await sidecar.Labels.CompleteAsync(new CompleteRequest { Answers = { answers } }, cancellationToken: Cancel);
    }

    private static async Task<GetLabelQualityResponse> QualityAsync(TestSidecar sidecar) =>
        await sidecar.Estimates.GetLabelQualityAsync(new GetLabelQualityRequest { Model = "m", Version = "1" }, cancellationToken: Cancel);

    private static async Task<WindowEstimate> EstimateAsync(TestSidecar sidecar) =>
        (await sidecar.Estimates.GetEstimateAsync(new GetEstimateRequest { Model = "m", Version = "1" }, cancellationToken: Cancel)).Estimate;
}
