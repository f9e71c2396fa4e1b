using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Truth;

namespace AccuracyMonitor.Storage.Tests.Truth;

public sealed class PredictionMemoryTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly StoreFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Truth_of_predictions_that_were_not_chosen_completes_the_stretch_and_touches_no_label()
    {
        await using var store = await _fixture.OpenAsync();
        await store.EnqueueAsync([StoreFixture.Request("chosen")], [], Cancel);
        await store.Truth.RememberAsync([Prediction("earlier", hours: -1)], Cancel);
        await store.Truth.RememberAsync([Prediction("chosen"), Prediction("right"), Prediction("wrong"), Prediction("open")], Cancel);

        var changes = await TruthAsync(store, ("chosen", 2), ("right", 2), ("wrong", 1), ("nobody", 0), ("open", 3));

        changes.Select(c => c.Outcome).ShouldBe(
            [LabelOutcome.Ok, LabelOutcome.KeptApart, LabelOutcome.KeptApart, LabelOutcome.NotFound, LabelOutcome.LabelOutOfRange]);
        var stretch = (await store.Truth.RealizedAsync(StoreFixture.Clothing, Hour, Cancel)).Single();
        (stretch.Start, stretch.Predictions, stretch.Known, stretch.Correct).ShouldBe((StoreFixture.Start, 4, 3, 2));
        stretch.Score.ShouldBe(4 * 0.8125, 1e-4);
        (stretch.Accuracy.Value, stretch.Accuracy.Lower, stretch.Accuracy.Upper).ShouldBe((2.0 / 3, 0.5, 0.75));
        (stretch.IsComplete(0.75), stretch.IsComplete(0.76)).ShouldBe((true, false));
        var queue = await store.CountsAsync(cancellation: Cancel);
        (queue.Answered, queue.KeptApart).ShouldBe((1, 0));
        (await TruthAsync(store, ("right", 2))).Single().Outcome.ShouldBe(LabelOutcome.Unchanged);
    }

    [Fact]
    public async Task The_label_of_a_chosen_prediction_is_its_truth_and_one_that_nobody_asked_for_is_not()
    {
        await using var store = await _fixture.OpenAsync();
        await store.EnqueueAsync([StoreFixture.Request("chosen"), StoreFixture.Request("before")], [], Cancel);
        await AnswerAsync(store, "before", 2);
        await AnswerAsync(store, "apart-before", 2);
        await store.Truth.RememberAsync([Prediction("earlier", hours: -1)], Cancel);
        await store.Truth.RememberAsync([Prediction("chosen"), Prediction("before"), Prediction("apart-before"), Prediction("apart")], Cancel);
        (await KnownAsync(store)).ShouldBe(1);

        await AnswerAsync(store, "chosen", 1);
        await AnswerAsync(store, "apart", 1);
        (await KnownAsync(store)).ShouldBe(2);

        await store.RetractAsync([(StoreFixture.Clothing, "chosen"), (StoreFixture.Clothing, "apart")], "ann", StoreFixture.Start, Cancel);
        (await KnownAsync(store)).ShouldBe(1);
    }

    [Fact]
    public async Task Truth_that_is_taken_back_is_reported_and_recorded()
    {
        await using var store = await _fixture.OpenAsync();
        await store.Truth.RememberAsync([Prediction("earlier", hours: -1), Prediction("a"), Prediction("b")], Cancel);
        await TruthAsync(store, ("a", 2));

        var changes = await store.RetractAsync([(StoreFixture.Clothing, "a"), (StoreFixture.Clothing, "b")], "ann", StoreFixture.Start, Cancel);

        changes.Select(c => c.Outcome).ShouldBe([LabelOutcome.KeptApart, LabelOutcome.NotFound]);
        (await KnownAsync(store)).ShouldBe(0);
        var entry = (await store.AuditAsync(new AuditQuery { Limit = 1 }, Cancel)).Single();
        (entry.Action, entry.Detail).ShouldBe((AuditAction.LabelsRetracted, "1 kept apart; annotator: ann"));
    }

    [Fact]
    public async Task Too_large_a_database_forgets_the_oldest_predictions_before_inputs_and_labels()
    {
        await using var store = await _fixture.OpenAsync(_fixture.Options with { MinimumRetention = TimeSpan.FromDays(2) });
        await store.EnqueueAsync([StoreFixture.Request("old", created: StoreFixture.Start.AddDays(-3))], [], Cancel);
        await AnswerAsync(store, "old", 1);
        await store.Truth.RememberAsync([.. Enumerable.Range(0, 1000).Select(i => Prediction($"p{i}", hours: i))], Cancel);
        var other = Prediction("other") with { Key = new ModelKey("other", "1") };
        await store.Truth.RememberAsync([other], Cancel);
        var bounds = new RetentionBounds(StoreFixture.Start.AddDays(-90)) { MaxBytes = (await store.SizeAsync(Cancel)).Used - 4096 };

        var pruned = await store.PruneAsync(bounds, StoreFixture.Start, limit: 10, Cancel);

        (pruned.Requests, pruned.Vectors, pruned.More).ShouldBe((0, 0, true));
        (await store.Truth.CountsAsync(Cancel)).Select(c => c.Predictions).ShouldBe([900, 1], ignoreOrder: true);
        (await store.Truth.RealizedAsync(StoreFixture.Clothing, Hour, Cancel))[0].Start.ShouldBe(StoreFixture.Start.AddHours(101));
        (await store.FindAsync(StoreFixture.Clothing, "old", Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_prediction_sent_twice_is_one_and_a_forgotten_one_none_also_after_a_restart()
    {
        await using (var store = await _fixture.OpenAsync())
        {
            await store.Truth.RememberAsync([Prediction("earlier", hours: -1), Prediction("a"), Prediction("b")], Cancel);
            await store.Truth.RememberAsync([Prediction("a")], Cancel);
            (await store.ForgetAsync(StoreFixture.Clothing, ["b"], StoreFixture.Start, Cancel)).Predictions.ShouldBe(1);
        }

        await using var again = await _fixture.OpenAsync();
        (await StretchAsync(again))!.Predictions.ShouldBe(1);
    }

    [Fact]
    public async Task The_oldest_go_beyond_the_number_and_the_age_and_a_stretch_that_lost_some_is_not_judged()
    {
        await using var store = await _fixture.OpenAsync();
        await store.Truth.RememberAsync([.. Enumerable.Range(0, 10).Select(i => Prediction($"p{i}", hours: i))], Cancel);

        (await store.Truth.PruneAsync(StoreFixture.Clothing, 2, StoreFixture.Start.AddHours(-1), cancellation: Cancel)).ShouldBe(2);
        (await store.Truth.PruneAsync(StoreFixture.Clothing, 0, StoreFixture.Start.AddHours(5), cancellation: Cancel)).ShouldBe(3);

        var kept = await store.Truth.RealizedAsync(StoreFixture.Clothing, Hour, Cancel);
        kept.Select(s => s.Start).ShouldBe(Enumerable.Range(6, 4).Select(h => StoreFixture.Start.AddHours(h)));
        (await store.Truth.RealizedAsync(StoreFixture.Clothing, StoreFixture.Start, StoreFixture.Start.AddHours(8), Cancel)).ShouldBeNull();
        var whole = await store.Truth.RealizedAsync(StoreFixture.Clothing, StoreFixture.Start.AddHours(6), StoreFixture.Start.AddHours(8), Cancel);
        whole!.Predictions.ShouldBe(2);

        (await store.Truth.CountsAsync(Cancel)).ShouldBe([new RememberedCount(StoreFixture.Clothing, 5)]);
        await store.Truth.PruneAsync(StoreFixture.Clothing, 0, StoreFixture.Start.AddYears(1), cancellation: Cancel);
        (await store.Truth.CountsAsync(Cancel)).ShouldBeEmpty("a version without predictions is forgotten too");
    }

    [Fact]
    public async Task Of_a_model_that_is_deleted_nothing_is_remembered_and_no_label_kept_apart()
    {
        await using var store = await _fixture.OpenAsync();
        await store.Truth.RememberAsync([Prediction("earlier", hours: -1), Prediction("a"), Prediction("b")], Cancel);
        await AnswerAsync(store, "apart", 1);

        // In pieces.
        var more = true;
        for (var calls = 0; more; calls++)
        {
            calls.ShouldBeLessThan(10);
            more = (await store.DeleteModelAsync(StoreFixture.Clothing.Model, "", null, limit: 2, Cancel)).More;
        }

        (await StretchAsync(store)).ShouldBeNull();
        (await store.CountsAsync(cancellation: Cancel)).KeptApart.ShouldBe(0);
    }

    [Fact]
    public async Task A_remembered_prediction_takes_as_little_room_as_is_said()
    {
        const int Predictions = 50_000;
        await using var store = await _fixture.OpenAsync();
        var before = (await store.SizeAsync(Cancel)).Used;
        var predictions = Enumerable.Range(0, Predictions).Select(i => Prediction($"order-{i}") with { Time = StoreFixture.Start.AddSeconds(i / 10) });
        foreach (var chunk in predictions.Chunk(1000))
        {
            await store.Truth.RememberAsync(chunk, Cancel);
        }

        var bytes = ((await store.SizeAsync(Cancel)).Used - before) / (double)Predictions;
        TestContext.Current.TestOutputHelper!.WriteLine($"{bytes:F1} bytes per remembered prediction");

        // docs/guides/labelling.md says about 50.
        bytes.ShouldBeLessThan(60);
    }

    public void Dispose() => _fixture.Dispose();

    private static RememberedPrediction Prediction(string id, int hours = 0) => new()
    {
        Key = StoreFixture.Clothing,
        ClassCount = 3,
        PredictionId = id,
        Time = StoreFixture.Start.AddHours(hours).AddMinutes(5),
        PredictedClass = 2,
        Score = 0.8125,
    };

    private static LabelAnswer Answer(string id, int label) => new() { Key = StoreFixture.Clothing, PredictionId = id, Label = label };

    private static Task<IReadOnlyList<LabelChange>> TruthAsync(MonitorStore store, params (string Id, int Label)[] truths) => store.CompleteAsync(
        [.. truths.Select(t => Answer(t.Id, t.Label) with { OfEveryPrediction = true })], StoreFixture.Start, cancellation: Cancel);

    private static Task AnswerAsync(MonitorStore store, string id, int label) => store.CompleteAsync([Answer(id, label)], StoreFixture.Start, 10, Cancel);

    private static Task<AccuracyMonitor.Core.Estimation.RealizedStretch?> StretchAsync(MonitorStore store) =>
        store.Truth.RealizedAsync(StoreFixture.Clothing, StoreFixture.Start, StoreFixture.Start.AddHours(1), Cancel);

    private static async Task<long> KnownAsync(MonitorStore store) => (await StretchAsync(store))!.Known;
}
