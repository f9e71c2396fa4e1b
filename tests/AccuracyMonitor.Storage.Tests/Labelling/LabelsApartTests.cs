using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class LabelsApartTests : IDisposable
{
    private const int Many = 1000;
    private readonly StoreFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_label_that_nobody_asked_for_is_kept_apart_replaced_and_taken_back()
    {
        await using var store = await _fixture.OpenAsync();

        (await OutcomeAsync(store, "a", 1)).ShouldBe(LabelOutcome.KeptApart);
        (await OutcomeAsync(store, "a", 1)).ShouldBe(LabelOutcome.Unchanged);
        (await OutcomeAsync(store, "a", 2)).ShouldBe(LabelOutcome.KeptApart);
        (await CountAsync(store)).ShouldBe(1);
        (await store.CheckAsync([Answer("b", 1)], Many, cancellation: Cancel)).Single().Outcome.ShouldBe(LabelOutcome.KeptApart);
        (await CountAsync(store)).ShouldBe(1, "a check keeps nothing");
        (await store.AuditAsync(new AuditQuery { Limit = 1 }, Cancel)).Single().Detail.ShouldStartWith("1 kept apart; annotators: ann");

        var taken = await store.RetractAsync([(StoreFixture.Clothing, "a")], "ann", StoreFixture.Start, Cancel);
        taken.Single().Outcome.ShouldBe(LabelOutcome.KeptApart);
        (await CountAsync(store)).ShouldBe(0);
    }

    [Fact]
    public async Task It_is_in_no_history_that_estimates_alarms_and_training_read()
    {
        await using var store = await _fixture.OpenAsync();
        await store.EnqueueAsync([StoreFixture.Request("chosen")], [], Cancel);

        await store.CompleteAsync([Answer("chosen", 1), Answer("other", 1)], StoreFixture.Start, Many, Cancel);

        var since = DateTimeOffset.MinValue;
        (await store.LabelledRequestsAsync(StoreFixture.Clothing, since, 100, Cancel)).Select(r => r.Request.PredictionId).ShouldBe(["chosen"]);
        var history = await store.LabelPageAsync(new LabelHistoryQuery { Key = StoreFixture.Clothing, Position = default }, Cancel);
        history.Head.ShouldBe(1);
        await foreach (var request in store.RequestsSinceAsync(since, cancellation: Cancel))
        {
            request.PredictionId.ShouldBe("chosen");
        }
    }

    [Fact]
    public async Task The_label_of_a_prediction_that_is_chosen_later_counts_when_it_is_given_again()
    {
        await using var store = await _fixture.OpenAsync();
        await OutcomeAsync(store, "a", 1);
        await store.EnqueueAsync([StoreFixture.Request("a")], [], Cancel);

        (await OutcomeAsync(store, "a", 1)).ShouldBe(LabelOutcome.Ok);
        (await CountAsync(store)).ShouldBe(0);
    }

    [Fact]
    public async Task The_oldest_go_beyond_the_number_and_the_age()
    {
        await using var store = await _fixture.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            await store.CompleteAsync([Answer($"p{i}", 1)], StoreFixture.Start.AddDays(i), keepApart: 3, Cancel);
        }

        (await CountAsync(store)).ShouldBe(3);
        await store.PruneAsync(new RetentionBounds(StoreFixture.Start.AddDays(3.5)), StoreFixture.Start.AddDays(100), cancellation: Cancel);
        (await CountAsync(store)).ShouldBe(1);
    }

    [Fact]
    public async Task Forgetting_a_prediction_and_taking_an_annotators_labels_back_reaches_them()
    {
        await using var store = await _fixture.OpenAsync();
        await store.CompleteAsync([Answer("a", 1), Answer("b", 1)], StoreFixture.Start, Many, Cancel);

        (await store.ForgetAsync(StoreFixture.Clothing, ["a", "nobody"], StoreFixture.Start, Cancel)).Predictions.ShouldBe(1);
        (await CountAsync(store)).ShouldBe(1);
        await store.RetractByAsync(new AnnotatorQuery { Annotator = "ann", Since = StoreFixture.Start }, StoreFixture.Start, Cancel);
        (await CountAsync(store)).ShouldBe(0);
    }

    [Fact]
    public async Task Taking_an_annotators_labels_back_counts_and_records_those_kept_apart_piece_by_piece()
    {
        await using var store = await _fixture.OpenAsync();
        await store.CompleteAsync([.. Enumerable.Range(0, 5).Select(i => Answer($"p{i}", 1))], StoreFixture.Start, Many, Cancel);
        var query = new AnnotatorQuery { Annotator = "ann", Since = StoreFixture.Start, Limit = 2 };

        foreach (var count in (int[])[2, 2, 1, 0])
        {
            var changes = await store.RetractByAsync(query, StoreFixture.Start, Cancel);
            changes.Select(c => c.Outcome).ShouldBe(Enumerable.Repeat(LabelOutcome.KeptApart, count));
        }

        (await CountAsync(store)).ShouldBe(0);
        var entries = (await store.AuditAsync(new AuditQuery { Limit = 10 }, Cancel)).Where(e => e.Action == AuditAction.AnnotatorRetracted).ToArray();
        entries.Select(e => e.Detail.Split(" that ")[0]).ShouldBe(["0 retracted, 1 kept apart", "0 retracted, 2 kept apart", "0 retracted, 2 kept apart"]);
        entries.ShouldAllBe(e => e.Key == StoreFixture.Clothing);
    }

    [Theory]
    [InlineData("", "1", "a", "model is empty")]
    [InlineData("m", "", "a", "version is empty")]
    public async Task One_that_names_no_model_is_refused(string model, string version, string id, string reason)
    {
        await using var store = await _fixture.OpenAsync();

        var change = (await store.CompleteAsync([Answer(id, 1) with { Key = new ModelKey(model, version) }], StoreFixture.Start, Many, Cancel)).Single();

        (change.Outcome, change.Reason).ShouldSatisfyAllConditions(
            c => c.Outcome.ShouldBe(LabelOutcome.Invalid), c => c.Reason.ShouldStartWith(reason));
    }

    public void Dispose() => _fixture.Dispose();

    private static LabelAnswer Answer(string id, int label) =>
        new() { Key = StoreFixture.Clothing, PredictionId = id, Label = label, Annotator = "ann" };

    private static async Task<LabelOutcome> OutcomeAsync(MonitorStore store, string id, int label) =>
        (await store.CompleteAsync([Answer(id, label)], StoreFixture.Start, Many, Cancel)).Single().Outcome;

    private static async Task<long> CountAsync(MonitorStore store) => (await store.CountsAsync(cancellation: Cancel)).KeptApart;
}
