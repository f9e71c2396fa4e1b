using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class OpinionListTests : IDisposable
{
    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task Opinions_are_listed_newest_first_by_page_model_annotator_and_time()
    {
        await using var store = await WithOpinionsAsync();

        (await ListAsync(store, new OpinionQuery())).ShouldBe([("b", 2, 1, "cat"), ("a", 3, null, "cat"), ("a", 2, 1, "bob")]);
        var first = (await store.Annotators.OpinionsAsync(new OpinionQuery { Limit = 1 })).Single();
        first.Key.ShouldBe(Clothing);
        first.Opinion.Conditions.Tool.ShouldBe("page");
        (await ListAsync(store, new OpinionQuery { Before = first.Place, Limit = 1 })).ShouldBe([("a", 3, null, "cat")]);
        (await ListAsync(store, new OpinionQuery { Annotator = "bob" })).ShouldBe([("a", 2, 1, "bob")]);
        (await ListAsync(store, new OpinionQuery { Since = Start.AddSeconds(2) })).ShouldBe([("b", 2, 1, "cat")]);
        (await ListAsync(store, new OpinionQuery { Model = "other" })).ShouldBeEmpty();
    }

    [Fact]
    public async Task While_another_opinion_is_wanted_those_who_may_be_asked_for_it_see_their_own_alone()
    {
        await using var store = await WithOpinionsAsync();

        (await ListAsync(store, new OpinionQuery { WithheldFrom = "dan" })).ShouldBe([("a", 3, null, "cat"), ("a", 2, 1, "bob")], "of b a third is wanted");
        (await ListAsync(store, new OpinionQuery { WithheldFrom = "" })).ShouldBe([("a", 3, null, "cat"), ("a", 2, 1, "bob")]);
        (await ListAsync(store, new OpinionQuery { WithheldFrom = "cat" })).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_double_of_a_request_without_a_pi_counts_as_not_drawn()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a") with { SecondOpinion = true, Policy = SamplingPolicy.TopUncertainty, InclusionProbability = 0 }], []);
        await LabelAsync(store, "a", "ann", 2);
        await AnswerAsync(store, "bob", 1, Start);

        (await store.Annotators.DoublesAsync(Clothing, 10)).ShouldHaveSingleItem().IsDrawn.ShouldBeFalse("its weight would be infinite");
    }

    public void Dispose() => _disk.Dispose();

    private static async Task<List<(string, int, int?, string)>> ListAsync(MonitorStore store, OpinionQuery query) =>
        [.. (await store.Annotators.OpinionsAsync(query)).Select(o => (o.PredictionId, o.Opinion.Number, o.Opinion.Label, o.Opinion.Annotator))];

    /// <summary>Of a all have spoken, the third without an answer; of b the second disagrees.</summary>
    private async Task<MonitorStore> WithOpinionsAsync()
    {
        var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a") with { SecondOpinion = true }], []);
        await LabelAsync(store, "a", "ann", 2);
        await AnswerAsync(store, "bob", 1, Start);
        var third = (await store.LeaseAsync(new LeaseQuery { Annotator = "cat" }, Start)).Single();
        await store.SkipAsync([third.LeaseId], "blurred", Start.AddSeconds(1));
        await store.EnqueueAsync([Request("b") with { SecondOpinion = true }], []);
        await LabelAsync(store, "b", "ann", 2);
        await AnswerAsync(store, "cat", 1, Start.AddSeconds(2));
        return store;
    }

    private static Task LabelAsync(MonitorStore store, string id, string annotator, int label) =>
        store.CompleteAsync([new LabelAnswer { Key = Clothing, PredictionId = id, Label = label, Annotator = annotator }], Start);

    private static async Task AnswerAsync(MonitorStore store, string annotator, int label, DateTimeOffset at)
    {
        var lease = (await store.LeaseAsync(new LeaseQuery { Annotator = annotator }, at)).Single();
        var conditions = new AnswerConditions { Tool = "page" };
        await store.CompleteAsync([new LabelAnswer { LeaseId = lease.LeaseId, Label = label, Annotator = annotator, Conditions = conditions }], at);
    }
}
