using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class LabelQueueTests : IDisposable
{
    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task A_request_comes_back_from_the_disk_as_it_was_given()
    {
        var given = Request("a", classes: 10);
        await using (var store = await _disk.OpenAsync())
        {
            (await store.EnqueueAsync([given], [])).ShouldBe([RequestOutcome.Created]);
        }

        await using var again = await _disk.OpenAsync();
        var leased = (await again.LeaseAsync(new LeaseQuery { MaxItems = 5, Annotator = "ann" }, Start)).ShouldHaveSingleItem();
        leased.Request.Probabilities.ShouldBe(given.Probabilities);
        (leased.Request with { Probabilities = given.Probabilities }).ShouldBe(given);
        leased.Attempt.ShouldBe(1);
        leased.LeaseExpires.ShouldBe(Start.AddMinutes(10));
    }

    [Fact]
    public async Task An_id_that_is_there_keeps_its_first_decision()
    {
        await using var store = await _disk.OpenAsync();
        var first = Request("a");
        await store.EnqueueAsync([first], []);
        (await store.EnqueueAsync([first with { InclusionProbability = 0.5 }, Request("b")], [])).ShouldBe([RequestOutcome.Existing, RequestOutcome.Created]);
        (await store.LeaseAsync(new LeaseQuery(), Start))[0].Request.InclusionProbability.ShouldBe(first.InclusionProbability);
    }

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
        var second = (await store.CompleteAsync([answer], Start))[0];
        (second.Outcome, second.Current, second.Sequence).ShouldBe((LabelOutcome.Unchanged, 2, 1));
        var third = (await store.CompleteAsync([new LabelAnswer { Key = Clothing, PredictionId = "a", Label = 0 }], Start))[0];
        (third.Outcome, third.Previous, third.Current, third.PreviousState, third.Sequence)
            .ShouldBe((LabelOutcome.Replaced, 2, 0, RequestState.Answered, 2));
    }

    public void Dispose() => _disk.Dispose();
}
