using AccuracyMonitor.Core;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Truth;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Naming;

/// <summary>Predictions of several callers with the same id: whose is labelled.</summary>
public sealed class PredictionNamesTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_label_by_the_reported_id_finds_its_only_prediction()
    {
        await using var store = await OpenAsync("token:a␟x", "y");

        (await AnswerAsync(store, "token:ann", "x", "y", "nobody")).ShouldBe([LabelOutcome.Ok, LabelOutcome.Ok, LabelOutcome.NotFound]);
        (await LabelAsync(store, "token:a␟x"), await LabelAsync(store, "y")).ShouldBe((1, 1));
    }

    [Fact]
    public async Task An_id_of_several_callers_is_refused_with_their_names_and_taken_with_one()
    {
        await using var store = await OpenAsync("token:a␟x", "token:b␟x", "x");

        var refused = (await CompleteAsync(store, "token:ann", "x")).Single();
        refused.Outcome.ShouldBe(LabelOutcome.Invalid);
        refused.Reason.ShouldBe("3 callers have reported a prediction 'x' of clothing:7; name one of '␟x', 'token:a␟x', 'token:b␟x'");
        (await store.CheckAsync([Answer("x")], by: "token:ann", cancellation: Cancel)).Single().Reason.ShouldBe(refused.Reason);
        (await store.RetractAsync([(Clothing, "x")], "", By("token:ann"), Cancel)).Single().Reason.ShouldBe(refused.Reason);
        (await store.SkipAsync([(Clothing, "x")], "", By("token:ann"), Cancel)).Single().Reason.ShouldBe(refused.Reason);

        (await AnswerAsync(store, "token:ann", "token:a␟x")).ShouldBe([LabelOutcome.Ok]);
        (await LabelAsync(store, "token:a␟x"), await LabelAsync(store, "token:b␟x"), await LabelAsync(store, "␟x")).ShouldBe((1, null, null));
        (await AnswerAsync(store, "token:ann", "␟x")).ShouldBe([LabelOutcome.Ok]);
        (await LabelAsync(store, "token:b␟x"), await LabelAsync(store, "␟x")).ShouldBe((null, 1));
    }

    [Fact]
    public async Task Who_reports_predictions_means_his_own_also_where_they_were_not_chosen()
    {
        await using var store = await OpenAsync("token:a␟x", "token:b␟x", "token:b␟only");

        (await AnswerAsync(store, "token:a", "x", "only")).ShouldBe([LabelOutcome.Ok, LabelOutcome.NotFound]);
        (await LabelAsync(store, "token:a␟x"), await LabelAsync(store, "token:b␟x"), await LabelAsync(store, "token:b␟only")).ShouldBe((1, null, null));
        (await store.RetractAsync([(Clothing, "x")], "", By("token:a"), Cancel)).Single().Outcome.ShouldBe(LabelOutcome.Ok);
        (await LabelAsync(store, "token:a␟x")).ShouldBeNull();
    }

    [Fact]
    public async Task A_lease_tells_which_prediction_is_meant()
    {
        await using var store = await OpenAsync("token:a␟x", "token:b␟x");
        var lease = (await store.LeaseAsync(new LeaseQuery(), Start, Cancel)).Single();

        LabelAnswer[] answers = [Answer("x") with { LeaseId = lease.LeaseId }, Answer("token:b␟x") with { LeaseId = lease.LeaseId }];
        var change = await store.CompleteAsync(answers, By("token:ann"), cancellation: Cancel);

        (change[0].Outcome, change[0].Request!.PredictionId).ShouldBe((LabelOutcome.Ok, "token:a␟x"));
        change[1].Outcome.ShouldBe(LabelOutcome.Invalid, "the lease is of another caller's prediction");
    }

    [Fact]
    public async Task Remembered_predictions_are_told_apart_too()
    {
        await using var store = await OpenAsync();
        await store.Truth.RememberAsync([Remembered("token:a␟x"), Remembered("token:b␟x"), Remembered("token:b␟y")], Cancel);

        (await TruthAsync(store, "x")).ShouldBe(LabelOutcome.Invalid);
        (await TruthAsync(store, "y")).ShouldBe(LabelOutcome.KeptApart);
        (await TruthAsync(store, "token:a␟x")).ShouldBe(LabelOutcome.KeptApart);
    }

    [Fact]
    public async Task An_input_goes_to_the_prediction_of_who_attaches_it()
    {
        await using var store = await OpenAsync("token:a␟x", "token:b␟x");
        var input = new StoredInput("text/plain", "a"u8.ToArray());

        (await store.Inputs.AttachAsync(Clothing, "x", input, long.MaxValue, By("token:b"), Cancel)).ShouldBe(AttachOutcome.Attached);
        (await store.Inputs.AttachAsync(Clothing, "x", input, long.MaxValue, By("token:c"), Cancel)).ShouldBe(AttachOutcome.Ambiguous);

        (await store.Inputs.FindAsync(Clothing, "token:b␟x", "token:ann", Cancel)).ShouldNotBeNull();
        (await store.Inputs.FindAsync(Clothing, "token:a␟x", "token:ann", Cancel)).ShouldBeNull();
        (await store.Inputs.FindAsync(Clothing, "x", "token:ann", Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task To_forget_an_id_forgets_it_of_all_callers_and_with_a_caller_of_that_one()
    {
        await using var store = await OpenAsync("token:a␟x", "token:b␟x", "x", "token:a␟y", "y");

        (await store.ForgetAsync(Clothing, ["x", "␟y"], By("token:ops"), Cancel)).Predictions.ShouldBe(4);

        (await store.RequestsAsync(new RequestQuery(), Cancel)).ShouldHaveSingleItem().Request.PredictionId.ShouldBe("token:a␟y");
    }

    public void Dispose() => _fixture.Dispose();

    private async Task<MonitorStore> OpenAsync(params string[] ids)
    {
        var store = await _fixture.OpenAsync();
        await store.EnqueueAsync([.. ids.Select(id => Request(id))], [], Cancel);
        return store;
    }

    private static Origin By(string subject) => new(new Actor(subject, ""), Start);

    private static LabelAnswer Answer(string id) => new() { Key = Clothing, PredictionId = id, Label = 1 };

    private static Task<IReadOnlyList<LabelChange>> CompleteAsync(MonitorStore store, string by, params string[] ids) =>
        store.CompleteAsync([.. ids.Select(Answer)], By(by), cancellation: Cancel);

    private static async Task<LabelOutcome[]> AnswerAsync(MonitorStore store, string by, params string[] ids) =>
        [.. (await CompleteAsync(store, by, ids)).Select(static c => c.Outcome)];

    private static async Task<LabelOutcome> TruthAsync(MonitorStore store, string id) =>
        (await store.CompleteAsync([Answer(id) with { OfEveryPrediction = true }], By("token:truth"), cancellation: Cancel)).Single().Outcome;

    private static async Task<int?> LabelAsync(MonitorStore store, string kept) =>
        (await store.FindAsync(Clothing, kept.TrimStart(PredictionIds.Separator), Cancel))!.Label;

    private static RememberedPrediction Remembered(string id) =>
        new() { Key = Clothing, ClassCount = 3, PredictionId = id, Time = Start, PredictedClass = 1, Score = 0.5 };
}
