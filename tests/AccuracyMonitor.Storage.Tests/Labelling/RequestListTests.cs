using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class RequestListTests : IDisposable
{
    private static readonly ModelKey Cars = new("cars", "1");
    private readonly StoreFixture _fixture = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Origin At(int minutes) => StoreFixture.Start.AddMinutes(minutes);

    [Fact]
    public async Task Requests_are_listed_newest_first_with_state_annotator_and_reason()
    {
        await using var store = await FilledAsync();

        var all = await store.RequestsAsync(new RequestQuery(), Cancel);

        all.Select(r => (r.Request.PredictionId, r.Request.State, r.Annotator, r.Request.SkipReason)).ShouldBe(
        [
            ("car", RequestState.Waiting, "", null),
            ("e", RequestState.Waiting, "", null),
            ("d", RequestState.Retracted, "eve", null),
            ("c", RequestState.Answered, "ann", null),
            ("b", RequestState.Skipped, "", "blurred"),
            ("a", RequestState.Leased, "bob", null),
        ]);
        all.ShouldAllBe(r => r.Probabilities == null);
        (await store.RequestsAsync(new RequestQuery { WithProbabilities = true, Limit = 1 }, Cancel)).Single().Probabilities!.Length.ShouldBe(3);
    }

    [Fact]
    public async Task Each_filter_leaves_out_what_it_says()
    {
        await using var store = await FilledAsync();

        (await IdsAsync(new RequestQuery { Model = "cars" })).ShouldBe("car");
        (await IdsAsync(new RequestQuery { Version = "7" })).ShouldBe("e d c b a");
        (await IdsAsync(new RequestQuery { States = [RequestState.Answered] })).ShouldBe("c");
        (await IdsAsync(new RequestQuery { States = [RequestState.Leased, RequestState.Skipped] })).ShouldBe("b a");
        (await IdsAsync(new RequestQuery { Annotator = "ann" })).ShouldBe("c");
        (await IdsAsync(new RequestQuery { Annotator = "bob" })).ShouldBe("a");
        (await IdsAsync(new RequestQuery { Since = StoreFixture.Start.AddMinutes(3) })).ShouldBe("car e");
        (await IdsAsync(new RequestQuery { Until = StoreFixture.Start })).ShouldBe("a");

        async Task<string> IdsAsync(RequestQuery query) => string.Join(' ', (await store.RequestsAsync(query, Cancel)).Select(r => r.Request.PredictionId));
    }

    [Fact]
    public async Task A_page_goes_on_before_the_place_of_the_last()
    {
        await using var store = await FilledAsync();

        var first = await store.RequestsAsync(new RequestQuery { Limit = 4 }, Cancel);
        var second = await store.RequestsAsync(new RequestQuery { Limit = 4, Before = first[^1].Place }, Cancel);

        first.Concat(second).Select(r => r.Request.PredictionId).ShouldBe(["car", "e", "d", "c", "b", "a"]);
    }

    [Fact]
    public async Task A_request_is_skipped_without_a_lease_unless_it_is_answered()
    {
        await using var store = await FilledAsync();

        var results = await store.SkipAsync(
            [
                (StoreFixture.Clothing, "a"), (StoreFixture.Clothing, "b"), (StoreFixture.Clothing, "c"), (StoreFixture.Clothing, "e"),
                (StoreFixture.Clothing, "nobody"),
            ],
            "dark", At(9), Cancel);

        results.Select(r => r.Outcome).ShouldBe(
            [LabelOutcome.Ok, LabelOutcome.Unchanged, LabelOutcome.AlreadyAnswered, LabelOutcome.Ok, LabelOutcome.NotFound]);
        results.Select(r => r.PreviousState).ShouldBe([RequestState.Leased, RequestState.Skipped, RequestState.Answered, RequestState.Waiting, null]);
        (await store.FindAsync(StoreFixture.Clothing, "a", Cancel))!.SkipReason.ShouldBe("dark");
        (await store.FindAsync(StoreFixture.Clothing, "b", Cancel))!.SkipReason.ShouldBe("blurred");
        (await store.AuditAsync(new AuditQuery { Limit = 1 }, Cancel)).Single().Detail.ShouldBe("2 skipped");
    }

    [Fact]
    public async Task A_check_says_what_an_answer_would_do_and_does_nothing()
    {
        await using var store = await FilledAsync();
        LabelAnswer[] answers = [.. new[] { ("e", 0), ("c", 0), ("c", 1), ("e", 3), ("nobody", 0) }.Select(
            a => new LabelAnswer { Key = StoreFixture.Clothing, PredictionId = a.Item1, Label = a.Item2 })];

        var said = await store.CheckAsync(answers, cancellation: Cancel);
        (await store.FindAsync(StoreFixture.Clothing, "e", Cancel))!.Label.ShouldBeNull();
        var done = await store.CompleteAsync(answers, At(9), cancellation: Cancel);

        said.Select(c => c.Outcome).ShouldBe(
            [LabelOutcome.Ok, LabelOutcome.Unchanged, LabelOutcome.Replaced, LabelOutcome.LabelOutOfRange, LabelOutcome.NotFound]);
        said.Select(c => (c.Outcome, c.Reason)).ShouldBe(done.Select(c => (c.Outcome, c.Reason)));
    }

    public void Dispose() => _fixture.Dispose();

    /// <summary>a is leased by bob, b skipped, c answered by ann, d retracted by eve, e waits; so does a car.</summary>
    private async Task<MonitorStore> FilledAsync()
    {
        var store = await _fixture.OpenAsync();
        string[] ids = ["a", "b", "c", "d", "e"];
        var requests = ids.Select((id, i) => StoreFixture.Request(id, created: StoreFixture.Start.AddMinutes(i)));
        await store.EnqueueAsync([.. requests, StoreFixture.Request("car", Cars, StoreFixture.Start.AddMinutes(5))], [], Cancel);
        await store.LeaseAsync(new LeaseQuery { Annotator = "bob", Model = StoreFixture.Clothing.Model }, StoreFixture.Start.AddMinutes(6), Cancel);
        await store.SkipAsync([(StoreFixture.Clothing, "b")], "blurred", At(7), Cancel);
        await store.CompleteAsync(
            [
                new LabelAnswer { Key = StoreFixture.Clothing, PredictionId = "c", Label = 0, Annotator = "ann" },
                new LabelAnswer { Key = StoreFixture.Clothing, PredictionId = "d", Label = 0, Annotator = "ann" },
            ],
            At(7), cancellation: Cancel);
        await store.RetractAsync([(StoreFixture.Clothing, "d")], "eve", At(8), Cancel);
        return store;
    }
}
