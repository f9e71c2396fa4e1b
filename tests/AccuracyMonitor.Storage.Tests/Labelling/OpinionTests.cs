using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Inputs;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class OpinionTests : IDisposable
{
    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task A_doubled_request_goes_to_a_second_annotator_and_on_disagreement_to_a_third()
    {
        await using var store = await WithLabelAsync("ann", label: 2);
        (await store.CountsAsync()).ShouldBe(new QueueCounts(0, 0, 1, 0, 0, 0, null) { OpinionsWanted = 1 });
        (await LeaseAsync(store, "ann")).ShouldBeEmpty("she gave the label");
        (await LeaseAsync(store, "")).ShouldBeEmpty("who has no name may be the same");

        var second = (await LeaseAsync(store, "bob")).ShouldHaveSingleItem();
        (second.Opinion, second.Attempt, second.Request.PredictionId).ShouldBe((2, 1, "a"));
        second.Request.Probabilities.ShouldBe(Request("a").Probabilities);
        (await LeaseAsync(store, "cat")).ShouldBeEmpty("bob holds it");
        var change = await AnswerAsync(store, second, "bob", 1);
        (change.Outcome, change.IsOpinion, change.Changed, change.Previous, change.Current).ShouldBe((LabelOutcome.Ok, true, false, 2, 2));

        (await LeaseAsync(store, "bob")).ShouldBeEmpty("he has spoken");
        var third = (await LeaseAsync(store, "cat")).ShouldHaveSingleItem();
        third.Opinion.ShouldBe(3);
        await AnswerAsync(store, third, "cat", 2);

        (await store.Annotators.OpinionsAsync(Clothing, "a")).Select(o => (o.Number, o.Label, o.Annotator, o.GivenAt))
            .ShouldBe([(2, 1, "bob", Start), (3, 2, "cat", Start)]);
        (await store.CountsAsync()).ShouldBe(new QueueCounts(0, 0, 1, 0, 0, 0, null));
        (await store.LabelHistoryAsync(Clothing, "a")).ShouldHaveSingleItem().Label.ShouldBe(2, "no opinion is a label");
        (await store.AuditAsync(new AuditQuery { Limit = 1 })).Single().Detail.ShouldBe("0 given, 0 replaced, 1 opinions; annotators: cat");
    }

    [Fact]
    public async Task Two_that_agree_need_no_third_and_what_was_not_drawn_needs_no_second()
    {
        await using var store = await WithLabelAsync("ann", label: 2);
        await store.EnqueueAsync([Request("single")], []);
        await LabelAsync(store, "single", "ann", 1);

        await AnswerAsync(store, (await LeaseAsync(store, "bob")).ShouldHaveSingleItem(), "bob", 2);

        (await LeaseAsync(store, "cat")).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_opinion_comes_before_waiting_requests_and_counts_against_the_size_of_the_lease()
    {
        await using var store = await WithLabelAsync("ann", label: 2);
        await store.EnqueueAsync([Request("b"), Request("c")], []);

        (await store.LeaseAsync(new LeaseQuery { MaxItems = 2, Annotator = "bob" }, Start)).Select(l => (l.Request.PredictionId, l.Opinion))
            .ShouldBe([("a", 2), ("b", 1)]);
    }

    [Fact]
    public async Task The_same_answer_again_changes_nothing_its_annotator_may_correct_it_and_nobody_else_may()
    {
        await using var store = await WithLabelAsync("ann", label: 2);
        var lease = (await LeaseAsync(store, "bob")).Single();

        var outcomes = new[]
        {
            await AnswerAsync(store, lease, "ann", 1), await AnswerAsync(store, lease, "bob", 3), await AnswerAsync(store, lease, "", 1),
            await AnswerAsync(store, lease, "bob", 1), await AnswerAsync(store, lease, "bob", 0), await AnswerAsync(store, lease, "dan", 0),
        };

        outcomes.Select(o => o.Outcome).ShouldBe(
        [
            LabelOutcome.Invalid, LabelOutcome.LabelOutOfRange, LabelOutcome.Ok, LabelOutcome.Unchanged, LabelOutcome.Replaced, LabelOutcome.LeaseLost,
        ]);
        outcomes[0].Reason.ShouldContain("must be another's");
        (await store.Annotators.OpinionsAsync(Clothing, "a")).Select(o => (o.Label, o.Annotator)).ShouldBe([(0, "bob")]);
    }

    [Fact]
    public async Task Checking_an_answer_says_what_it_would_do_and_does_nothing()
    {
        await using var store = await WithLabelAsync("ann", label: 2);
        var lease = (await LeaseAsync(store, "bob")).Single();

        var checks = await store.CheckAsync([Answer(lease, "bob", 1), Answer(lease, "ann", 1)]);

        checks.Select(c => c.Outcome).ShouldBe([LabelOutcome.Ok, LabelOutcome.Invalid]);
        (await store.Annotators.OpinionsAsync(Clothing, "a")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Leases_of_opinions_are_extended_released_and_skipped_and_end()
    {
        await using var store = await WithLabelAsync("ann", label: 2);
        var first = (await LeaseAsync(store, "bob")).Single();
        (await store.ExtendAsync([first.LeaseId], TimeSpan.FromHours(1), Start)).Single().Outcome.ShouldBe(LabelOutcome.Ok);
        (await LeaseAsync(store, "cat", Start.AddMinutes(30))).ShouldBeEmpty();
        (await store.ReleaseAsync([first.LeaseId], Start)).Single().Outcome.ShouldBe(LabelOutcome.Ok);
        (await store.ReleaseAsync([first.LeaseId], Start)).Single().Outcome.ShouldBe(LabelOutcome.LeaseLost);

        var second = (await LeaseAsync(store, "bob")).Single();
        var third = (await LeaseAsync(store, "cat", Start.AddMinutes(10))).Single();
        (await store.SkipAsync([second.LeaseId], "blurred", Start.AddMinutes(11))).Single().Outcome.ShouldBe(LabelOutcome.LeaseLost);
        var skipped = (await store.SkipAsync([third.LeaseId], "blurred", Start.AddMinutes(11))).Single();

        (skipped.Outcome, skipped.Request!.State).ShouldBe((LabelOutcome.Ok, RequestState.Answered), "the label stays");
        (await store.Annotators.OpinionsAsync(Clothing, "a")).Select(o => (o.Label, o.Annotator)).ShouldBe([(null, "cat")]);
        (await LeaseAsync(store, "dan", Start.AddMinutes(12))).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_answer_by_a_lease_that_has_ended_still_counts()
    {
        await using var store = await WithLabelAsync("ann", label: 2);
        var lease = (await LeaseAsync(store, "bob")).Single();
        (await LeaseAsync(store, "cat", Start.AddHours(1))).ShouldHaveSingleItem();

        (await AnswerAsync(store, lease, "bob", 2)).Outcome.ShouldBe(LabelOutcome.Ok);
    }

    [Fact]
    public async Task A_retracted_or_corrected_label_changes_what_is_wanted()
    {
        await using var store = await WithLabelAsync("ann", label: 2);
        await store.RetractAsync([(Clothing, "a")], "ann", Start);
        (await LeaseAsync(store, "bob")).ShouldBeEmpty("there is no label");

        await LabelAsync(store, "a", "ann", 1);
        await AnswerAsync(store, (await LeaseAsync(store, "bob")).Single(), "bob", 1);
        await LabelAsync(store, "a", "ann", 0);
        (await LeaseAsync(store, "cat")).ShouldHaveSingleItem().Opinion.ShouldBe(3, "now they disagree");
    }

    [Fact]
    public async Task A_label_without_an_annotator_gets_no_second_opinion()
    {
        await using var store = await WithLabelAsync("", label: 2);

        (await LeaseAsync(store, "bob")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_gave_an_opinion_takes_that_back_and_the_label_stays()
    {
        await using var store = await WithLabelAsync("ann", label: 2);
        await AnswerAsync(store, (await LeaseAsync(store, "bob")).Single(), "bob", 1);

        var change = (await store.RetractAsync([(Clothing, "a")], "bob", Start)).Single();

        (change.Outcome, change.IsOpinion, change.Request!.Label).ShouldBe((LabelOutcome.Ok, true, 2));
        (await LeaseAsync(store, "cat")).ShouldHaveSingleItem().Opinion.ShouldBe(2);
        (await store.RetractAsync([(Clothing, "a")], "bob", Start)).Single().IsOpinion.ShouldBeFalse("now it is the label");
    }

    [Fact]
    public async Task One_annotators_opinions_are_taken_back_with_his_labels()
    {
        await using var store = await WithLabelAsync("ann", label: 2);
        await AnswerAsync(store, (await LeaseAsync(store, "eve")).Single(), "eve", 1);
        await store.EnqueueAsync([Request("b"), Request("c")], []);
        await LabelAsync(store, "b", "eve", 0);
        await LabelAsync(store, "c", "eve", 0);

        var query = new AnnotatorQuery { Annotator = "eve", Since = Start, Limit = 2 };
        (await store.RetractByAsync(query, Start)).Select(c => (c.Request!.PredictionId, c.IsOpinion)).ShouldBe([("b", false), ("c", false)]);
        (await store.RetractByAsync(query, Start)).Select(c => (c.Request!.PredictionId, c.IsOpinion)).ShouldBe([("a", true)]);
        (await store.RetractByAsync(query, Start)).ShouldBeEmpty();
        (await store.AuditAsync(new AuditQuery { Limit = 1 })).Single().Detail.ShouldStartWith("0 retracted, 1 opinions that were given since");
        (await store.FindAsync(Clothing, "a"))!.Label.ShouldBe(2);
        (await store.CountsAsync()).OpinionsWanted.ShouldBe(1);
    }

    [Fact]
    public async Task Opinions_go_with_their_request()
    {
        await using var store = await WithLabelAsync("ann", label: 2);
        await AnswerAsync(store, (await LeaseAsync(store, "bob")).Single(), "bob", 1);
        var lease = (await LeaseAsync(store, "cat")).Single();

        await store.ForgetAsync(Clothing, ["a"], Start);

        (await store.Annotators.OpinionsAsync(Clothing, "a")).ShouldBeEmpty();
        (await store.CountsAsync()).OpinionsWanted.ShouldBe(0);
        (await AnswerAsync(store, lease, "cat", 1)).Outcome.ShouldBe(LabelOutcome.NotFound);
    }

    [Fact]
    public async Task An_opinion_is_wanted_as_long_as_a_request_is_open_and_no_longer()
    {
        await using var store = await WithLabelAsync("ann", label: 2, at: Start.AddHours(23));

        (await LeaseAsync(store, "bob", Start.AddHours(46))).ShouldHaveSingleItem();
        await store.ExpireAsync(Start.AddHours(47));
        (await store.CountsAsync()).OpinionsWanted.ShouldBe(0);
        (await LeaseAsync(store, "bob", Start.AddHours(47))).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_input_stays_until_no_opinion_is_wanted()
    {
        await using var store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.FromDays(2) });
        await store.EnqueueAsync([Request("a") with { SecondOpinion = true }], []);
        await store.Inputs.AttachAsync(Clothing, "a", new StoredInput("text/plain", new byte[] { 1, 2 }), 1_000_000, Start);
        await LabelAsync(store, "a", "ann", 2);
        var bounds = new InputBounds(1_000_000, Start.AddDays(-1), Start);

        (await store.Inputs.PruneAsync(bounds)).Labelled.ShouldBe(0);
        (await store.Inputs.PruneAsync(bounds with { MaxTotalBytes = 1 })).ForRoom.ShouldBe(0);
        var lease = (await LeaseAsync(store, "bob")).Single();
        lease.Input!.ContentType.ShouldBe("text/plain");
        await AnswerAsync(store, lease, "bob", 2);

        (await store.Inputs.PruneAsync(bounds)).Labelled.ShouldBe(1);
    }

    [Fact]
    public async Task Too_large_a_database_keeps_the_softmax_output_until_no_opinion_is_wanted()
    {
        await using var store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.FromDays(2) });
        await store.EnqueueAsync([Request("a") with { SecondOpinion = true }], []);
        await LabelAsync(store, "a", "ann", 2);
        var bounds = new RetentionBounds(Start.AddDays(-90)) { MaxBytes = 1 };

        (await store.PruneAsync(bounds, Start)).Vectors.ShouldBe(0);
        await AnswerAsync(store, (await LeaseAsync(store, "bob")).Single(), "bob", 2);

        (await store.PruneAsync(bounds, Start)).Vectors.ShouldBe(1);
    }

    [Fact]
    public async Task An_input_that_comes_late_is_taken_while_an_opinion_is_wanted_and_goes_with_the_label()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a") with { SecondOpinion = true }], []);
        await LabelAsync(store, "a", "ann", 2);

        (await store.Inputs.AttachAsync(Clothing, "a", new StoredInput("text/plain", new byte[] { 1 }), 1_000_000, Start)).ShouldBe(AttachOutcome.Attached);
        await AnswerAsync(store, (await LeaseAsync(store, "bob")).Single(), "bob", 2);
        (await store.Inputs.AttachAsync(Clothing, "a", new StoredInput("text/plain", new byte[] { 2 }), 1_000_000, Start)).ShouldBe(AttachOutcome.Answered);

        (await store.Inputs.PruneAsync(new InputBounds(1_000_000, Start.AddDays(-1), Start))).Labelled.ShouldBe(1);
    }

    [Fact]
    public async Task An_offered_opinion_needs_no_lease_and_no_draw_but_a_label_by_another_annotator()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a")], []);

        (await OfferAsync("bob", 1)).Outcome.ShouldBe(LabelOutcome.Invalid, "there is no label");
        await LabelAsync(store, "a", "ann", 2);
        (await OfferAsync("ann", 1)).Outcome.ShouldBe(LabelOutcome.Invalid, "she gave the label");
        (await OfferAsync("", 1)).Outcome.ShouldBe(LabelOutcome.Invalid);
        (await OfferAsync("bob", 3)).Outcome.ShouldBe(LabelOutcome.LabelOutOfRange);
        (await OfferAsync("bob", 1)).Outcome.ShouldBe(LabelOutcome.Ok);
        (await OfferAsync("bob", 1)).Outcome.ShouldBe(LabelOutcome.Unchanged);
        (await OfferAsync("bob", 0)).Outcome.ShouldBe(LabelOutcome.Replaced);
        (await OfferAsync("cat", 2)).Outcome.ShouldBe(LabelOutcome.Ok);
        (await OfferAsync("dan", 2)).Outcome.ShouldBe(LabelOutcome.AlreadyAnswered);

        (await store.Annotators.OpinionsAsync(Clothing, "a")).Select(o => (o.Number, o.Label, o.Annotator)).ShouldBe([(2, 0, "bob"), (3, 2, "cat")]);
        (await store.LabelHistoryAsync(Clothing, "a")).ShouldHaveSingleItem().Label.ShouldBe(2);
        (await store.Annotators.DoublesAsync(Clothing, 10)).ShouldHaveSingleItem().IsDrawn.ShouldBeFalse();
        (await store.CountsAsync()).OpinionsWanted.ShouldBe(0);

        async Task<LabelChange> OfferAsync(string annotator, int label) => (await store.CompleteAsync(
            [new LabelAnswer { Key = Clothing, PredictionId = "a", Label = label, Annotator = annotator, AsOpinion = true }], Start)).Single();
    }

    [Fact]
    public async Task Taking_back_an_opinion_alone_never_takes_back_the_label()
    {
        await using var store = await WithLabelAsync("ann", label: 2);

        (await store.RetractOpinionsAsync([(Clothing, "a")], "bob", Start)).Single().Outcome.ShouldBe(LabelOutcome.NotFound);
        (await store.FindAsync(Clothing, "a"))!.Label.ShouldBe(2);

        await AnswerAsync(store, (await LeaseAsync(store, "bob")).Single(), "bob", 1);
        (await store.RetractOpinionsAsync([(Clothing, "a")], "bob", Start)).Single().IsOpinion.ShouldBeTrue();
        (await store.Annotators.OpinionsAsync(Clothing, "a")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Wanted_opinions_are_counted_by_version_also_after_they_and_their_requests_are_gone()
    {
        await using var store = await _disk.OpenAsync();
        var next = new ModelKey(Clothing.Model, "8");
        await store.EnqueueAsync(
            [Request("a") with { SecondOpinion = true }, Request("b") with { SecondOpinion = true }, Request("c", next) with { SecondOpinion = true }], []);
        await LabelAsync(store, "a", "ann", 2);
        await LabelAsync(store, "b", "ann", 2);
        await store.CompleteAsync([new LabelAnswer { Key = next, PredictionId = "c", Label = 1, Annotator = "ann" }], Start);
        (await WantedAsync()).ShouldBe((3, 2, 1));

        await store.ForgetAsync(Clothing, ["a"], Start);
        (await WantedAsync()).ShouldBe((2, 1, 1));
        await store.RetractAsync([(Clothing, "b")], "ann", Start);
        (await WantedAsync()).ShouldBe((1, 0, 1));
        await store.ExpireAsync(Start.AddDays(400));
        (await WantedAsync()).ShouldBe((0, 0, 0));

        async Task<(long, long, long)> WantedAsync() => (
            (await store.CountsAsync()).OpinionsWanted, (await store.CountsAsync(Clothing.Model, Clothing.Version)).OpinionsWanted,
            (await store.CountsAsync(next.Model, next.Version)).OpinionsWanted);
    }

    [Fact]
    public async Task Opinions_survive_a_restart_and_their_conditions_too()
    {
        var seen = new AnswerConditions { ShownAt = Start.AddSeconds(-5), AnsweredAt = Start, Revealed = true, Tool = "page", ClassNamesVersion = "n1" };
        await using (var store = await WithLabelAsync("ann", label: 2))
        {
            var lease = (await LeaseAsync(store, "bob")).Single();
            await store.CompleteAsync([Answer(lease, "bob", 1) with { Conditions = seen }], Start);
        }

        await using var again = await _disk.OpenAsync();
        (await again.Annotators.OpinionsAsync(Clothing, "a")).Single().ShouldBe(new Opinion(2, 1, "bob", Start, seen));
        (await LeaseAsync(again, "cat")).Single().Opinion.ShouldBe(3);
    }

    public void Dispose() => _disk.Dispose();

    private async Task<MonitorStore> WithLabelAsync(string annotator, int label, DateTimeOffset? at = null)
    {
        var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a") with { SecondOpinion = true }], []);
        await store.CompleteAsync([new LabelAnswer { Key = Clothing, PredictionId = "a", Label = label, Annotator = annotator }], at ?? Start);
        return store;
    }

    private static Task LabelAsync(MonitorStore store, string id, string annotator, int label) =>
        store.CompleteAsync([new LabelAnswer { Key = Clothing, PredictionId = id, Label = label, Annotator = annotator }], Start);

    private static Task<IReadOnlyList<LeasedRequest>> LeaseAsync(MonitorStore store, string annotator, DateTimeOffset? at = null) =>
        store.LeaseAsync(new LeaseQuery { MaxItems = 10, Annotator = annotator }, at ?? Start);

    private static LabelAnswer Answer(LeasedRequest lease, string annotator, int label) =>
        new() { LeaseId = lease.LeaseId, Label = label, Annotator = annotator };

    private static async Task<LabelChange> AnswerAsync(MonitorStore store, LeasedRequest lease, string annotator, int label) =>
        (await store.CompleteAsync([Answer(lease, annotator, label)], Start)).Single();
}
