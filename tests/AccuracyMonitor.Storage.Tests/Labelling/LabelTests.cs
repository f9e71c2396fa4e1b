using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class LabelTests : IDisposable
{
    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task Completing_twice_is_once_and_a_changed_label_replaces()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);
        var lease = (await store.LeaseAsync(new LeaseQuery(), Start))[0].LeaseId;
        var answer = new LabelAnswer { LeaseId = lease, Label = 2, Annotator = "ann" };

        var first = (await store.CompleteAsync([answer], Start))[0];
        (first.Outcome, first.Previous, first.Current, first.PreviousState, first.Sequence)
            .ShouldBe((LabelOutcome.Ok, null, 2, RequestState.Leased, 1));
        first.Request!.Correct.ShouldBe(true);
        var second = (await store.CompleteAsync([answer], Start))[0];
        (second.Outcome, second.Current, second.Sequence).ShouldBe((LabelOutcome.Unchanged, 2, 1));
        var third = (await store.CompleteAsync([By("a", 0)], Start))[0];
        (third.Outcome, third.Previous, third.Current, third.PreviousState, third.Sequence)
            .ShouldBe((LabelOutcome.Replaced, 2, 0, RequestState.Answered, 2));
    }

    [Fact]
    public async Task The_history_keeps_every_answer_and_retraction()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);
        await store.CompleteAsync([By("a", 1, "ann"), By("a", 1, "bob"), By("a", 0, "bob")], Start);
        await store.RetractAsync([(Clothing, "a")], "cat", Start.AddSeconds(1));
        await store.CompleteAsync([By("a", 0, "ann")], Start.AddSeconds(2));

        (await store.LabelHistoryAsync(Clothing, "a")).ShouldBe(
        [
            new LabelEntry(1, 1, "ann", Start),
            new LabelEntry(2, 0, "bob", Start),
            new LabelEntry(3, null, "cat", Start.AddSeconds(1)),
            new LabelEntry(4, 0, "ann", Start.AddSeconds(2)),
        ]);
    }

    [Fact]
    public async Task A_retracted_label_is_gone_and_taking_it_back_again_changes_nothing()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("b")], []);
        await store.CompleteAsync([By("a", 1)], Start);
        var changes = await store.RetractAsync([(Clothing, "a"), (Clothing, "a"), (Clothing, "b"), (Clothing, "c")], "", Start);

        changes.Select(c => c.Outcome).ShouldBe([LabelOutcome.Ok, LabelOutcome.Unchanged, LabelOutcome.NotFound, LabelOutcome.NotFound]);
        (changes[0].Previous, changes[0].Current, changes[0].PreviousState, changes[0].Request!.State)
            .ShouldBe((1, null, RequestState.Answered, RequestState.Retracted));
        changes[2].Reason.ShouldContain("'b'");
        (await store.LabelledRequestsAsync(Clothing, DateTimeOffset.MinValue, 10)).ShouldBeEmpty();
        (await store.LeaseAsync(new LeaseQuery { MaxItems = 10 }, Start)).Select(l => l.Request.PredictionId).ShouldBe(["b"]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(4_000_000_000)]
    public async Task A_label_outside_the_classes_is_refused_with_value_and_bound(long label)
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("b")], []);
        var changes = await store.CompleteAsync([By("a", label), By("b", 1)], Start);
        changes.Select(c => c.Outcome).ShouldBe([LabelOutcome.LabelOutOfRange, LabelOutcome.Ok]);
        changes[0].Reason.ShouldBe($"label is {label}, must be 0 to 2");
        (await store.FindAsync(Clothing, "a"))!.State.ShouldBe(RequestState.Waiting);
    }

    [Fact]
    public async Task An_answer_that_names_nothing_or_two_things_is_invalid()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("b")], []);
        var lease = (await store.LeaseAsync(new LeaseQuery(), Start))[0].LeaseId;
        var changes = await store.CompleteAsync(
            [
                new LabelAnswer { Label = 1 },
                By("b", 1) with { LeaseId = lease },
                By("a", 1) with { LeaseId = "nonsense", PredictionId = null },
                By("nobody", 1),
                By("a", 1, new string('x', 201)),
                By("a", 1) with { LeaseId = lease },
            ],
            Start);
        changes.Select(c => c.Outcome).ShouldBe(
            [LabelOutcome.Invalid, LabelOutcome.Invalid, LabelOutcome.NotFound, LabelOutcome.NotFound, LabelOutcome.Invalid, LabelOutcome.Ok]);
        changes.SkipLast(1).ShouldAllBe(c => c.Reason.Length > 0);
    }

    [Fact]
    public async Task A_label_is_taken_after_the_lease_ended_the_request_was_skipped_or_expired()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("ended"), Request("skipped"), Request("expired"), Request("taken over")], []);
        var leases = await store.LeaseAsync(new LeaseQuery { MaxItems = 4, Duration = TimeSpan.FromMinutes(1) }, Start);
        await store.SkipAsync([leases[1].LeaseId], "blurred", Start);
        var later = Start.AddMinutes(2);
        var second = await store.LeaseAsync(new LeaseQuery { MaxItems = 3 }, later);
        await store.ReleaseAsync([second[0].LeaseId, second[1].LeaseId], later);
        var expired = await store.ExpireAsync(Start.AddHours(24));
        expired.Select(r => r.PredictionId).ShouldBe(["ended", "expired", "taken over"]);

        var changes = await store.CompleteAsync([.. leases.Select(l => new LabelAnswer { LeaseId = l.LeaseId, Label = 1 })], later);
        changes.ShouldAllBe(c => c.Outcome == LabelOutcome.Ok && c.Request!.State == RequestState.Answered);
        changes.Select(c => c.PreviousState).ShouldBe([RequestState.Expired, RequestState.Skipped, RequestState.Expired, RequestState.Expired]);
        (await store.CompleteAsync([new LabelAnswer { LeaseId = second[2].LeaseId, Label = 1 }], later))[0].Outcome.ShouldBe(LabelOutcome.Unchanged);
    }

    [Fact]
    public async Task Training_gets_the_newest_labels_in_the_order_in_which_they_were_given()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("old", created: Start.AddDays(-2)), .. Enumerable.Range(0, 5).Select(i => Request($"r{i}"))], []);
        await store.CompleteAsync([By("old", 1), By("r3", 1), By("r0", 2), By("r4", 0), By("r3", 0)], Start);

        var labelled = await store.LabelledRequestsAsync(Clothing, Start.AddDays(-1), 2);
        labelled.Select(l => (l.Request.PredictionId, l.Label, l.LabelSequence)).ShouldBe([("r4", 0, 4), ("r3", 0, 5)]);
        labelled[0].Request.Probabilities.ShouldBe(Request("x").Probabilities);
        (await store.LabelledRequestsAsync(Clothing, Start.AddDays(-3), 100)).Select(l => l.Request.PredictionId).ShouldBe(["old", "r0", "r4", "r3"]);
    }

    public void Dispose() => _disk.Dispose();

    private static LabelAnswer By(string id, long label, string annotator = "") =>
        new() { Key = Clothing, PredictionId = id, Label = label, Annotator = annotator };
}
