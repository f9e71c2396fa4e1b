using AccuracyMonitor.Core.Agreement;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class GoldTests : IDisposable
{
    private static readonly Origin Ops = new(new Actor("token:ops", ""), Start);

    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task A_true_class_is_set_replaced_and_removed_and_each_refusal_has_its_reason()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);

        var checkedOnly = await store.Annotators.CheckGoldAsync([Gold("a", 1)], Ops.By.Subject);
        var results = await store.Annotators.SetGoldAsync(
            [
                Gold("a", null), Gold("a", 1), Gold("a", 1), Gold("a", 2), Gold("a", 3), Gold("a", -1), Gold("unknown", 1), Gold("a", null), Gold("a", null),
            ],
            Ops);

        checkedOnly.Single().Outcome.ShouldBe(LabelOutcome.Ok);
        results.Select(r => r.Outcome).ShouldBe(
        [
            LabelOutcome.Unchanged, LabelOutcome.Ok, LabelOutcome.Unchanged, LabelOutcome.Replaced, LabelOutcome.LabelOutOfRange,
            LabelOutcome.LabelOutOfRange, LabelOutcome.NotFound, LabelOutcome.Ok, LabelOutcome.Unchanged,
        ]);
        results[4].Reason.ShouldBe("label is 3, must be 0 to 2");
        results[6].Reason.ShouldContain("'unknown'");
        var entry = (await store.AuditAsync(new AuditQuery())).ShouldHaveSingleItem();
        (entry.Action, entry.Key, entry.Detail, entry.Origin).ShouldBe((AuditAction.GoldSet, Clothing, "2 set, 1 removed", Ops));
    }

    [Fact]
    public async Task A_gold_item_is_handed_out_and_answered_as_any_request_and_its_class_is_no_label()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("b")], []);
        var before = await store.CountsAsync();
        await store.Annotators.SetGoldAsync([Gold("b", 1)], Ops);

        (await store.CountsAsync()).ShouldBe(before);
        (await store.LabelHistoryAsync(Clothing, "b")).ShouldBeEmpty();
        (await store.LeaseAsync(new LeaseQuery { MaxItems = 2, Annotator = "ann" }, Start)).Select(l => (l.Request.PredictionId, l.Opinion, l.Attempt))
            .ShouldBe([("a", 1, 1), ("b", 1, 1)], "in the order of the queue");
        (await AnswersAsync(store)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Current_labels_and_opinions_about_gold_items_are_read_with_what_the_model_said()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync(
            [
                Request("a") with { SecondOpinion = true }, Request("b"), Request("not gold"), Request("retracted"),
                Request("chosen") with { Policy = SamplingPolicy.TopUncertainty, InclusionProbability = 0 },
            ],
            []);
        await store.Annotators.SetGoldAsync([Gold("a", 1), Gold("b", 2), Gold("retracted", 0), Gold("chosen", 0)], Ops);
        string[] labelled = ["a", "b", "not gold", "retracted", "chosen"];
        await store.CompleteAsync([.. labelled.Select(id => Label(id, 0, "ann"))], Start);
        await store.CompleteAsync([Label("b", 2, "bob")], Start.AddSeconds(1));
        await store.RetractAsync([(Clothing, "retracted")], "ann", Start);
        var lease = (await store.LeaseAsync(new LeaseQuery { Annotator = "cat" }, Start)).Single();
        await store.CompleteAsync([new LabelAnswer { LeaseId = lease.LeaseId, Label = 1, Annotator = "cat" }], Start.AddSeconds(2));

        (await AnswersAsync(store)).ShouldBe(
        [
            new GoldAnswer(new Vote("ann", 0), 1, 2, 0.01, IsLabel: true), new GoldAnswer(new Vote("bob", 2), 2, 2, 0.01, IsLabel: true),
            new GoldAnswer(new Vote("cat", 1), 1, 2, 0.01, IsLabel: false),
        ]);
        (await store.Annotators.GoldAnswersAsync(Clothing, 1)).Single().Answer.Annotator.ShouldBe("cat", "the newest");
    }

    [Fact]
    public async Task A_forgotten_prediction_takes_its_true_class_along()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);
        await store.Annotators.SetGoldAsync([Gold("a", 1)], Ops);
        await store.ForgetAsync(Clothing, ["a"], Ops);
        await store.EnqueueAsync([Request("a")], []);
        await store.CompleteAsync([Label("a", 0, "ann")], Start);

        (await AnswersAsync(store)).ShouldBeEmpty();
    }

    public void Dispose() => _disk.Dispose();

    private static GoldClass Gold(string id, long? trueClass) => new() { Key = Clothing, PredictionId = id, Class = trueClass };

    private static LabelAnswer Label(string id, int label, string annotator) =>
        new() { Key = Clothing, PredictionId = id, Label = label, Annotator = annotator };

    private static Task<IReadOnlyList<GoldAnswer>> AnswersAsync(MonitorStore store) => store.Annotators.GoldAnswersAsync(Clothing, 10);
}
