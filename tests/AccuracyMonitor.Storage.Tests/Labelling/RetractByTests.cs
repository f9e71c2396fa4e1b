using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Labelling;
using AccuracyMonitor.Storage.Audit;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class RetractByTests : IDisposable
{
    private static readonly ModelKey Shoes = new("shoes", "1");
    private static readonly Origin Ops = new(new Actor("token:ops", "10.0.0.7"), Start.AddDays(1));

    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task The_current_labels_of_one_annotator_since_a_time_are_taken_back_and_no_others()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync(
            [Request("early"), Request("eves"), Request("anns"), Request("by-ann-now"), Request("by-eve-now"), Request("other", Shoes)], []);
        await store.CompleteAsync([Answer("early", "eve"), Answer("by-eve-now", "ann")], Start.AddSeconds(-1));
        await store.CompleteAsync([Answer("eves", "eve"), Answer("anns", "ann"), Answer("by-ann-now", "eve"), Answer("other", "eve", Shoes)], Start);
        await store.CompleteAsync([Answer("by-ann-now", "ann", label: 0), Answer("by-eve-now", "eve", label: 0)], Start.AddSeconds(1));

        var changes = await store.RetractByAsync(new AnnotatorQuery { Annotator = "eve", Since = Start, Model = "clothing" }, Ops);

        changes.Select(c => (c.Request!.PredictionId, c.Previous, c.Current, c.PreviousState, c.Changed)).ShouldBe(
            [("eves", 1, null, RequestState.Answered, true), ("by-eve-now", 0, null, RequestState.Answered, true)]);
        (await store.RetractByAsync(new AnnotatorQuery { Annotator = "eve", Since = Start, Model = "clothing" }, Ops)).ShouldBeEmpty();
        (await store.LabelHistoryAsync(Clothing, "by-eve-now")).Select(e => (e.Label, e.Annotator)).ShouldBe([(1, "ann"), (0, "eve"), (null, "token:ops")]);
        foreach (var (kept, key) in new[] { ("early", Clothing), ("anns", Clothing), ("by-ann-now", Clothing), ("other", Shoes) })
        {
            (await store.FindAsync(key, kept))!.State.ShouldBe(RequestState.Answered, kept);
        }

        (await store.AuditAsync(new AuditQuery { Limit = 1 })).Single().ShouldBe(new AuditEntry
        {
            Sequence = 5,
            Origin = Ops,
            Action = AuditAction.AnnotatorRetracted,
            Key = Clothing,
            Detail = "2 retracted that were given since 2026-03-01T12:00:00.0000000Z by annotator eve",
        });
        (await store.RetractByAsync(new AnnotatorQuery { Annotator = "eve", Since = DateTimeOffset.MinValue }, Ops)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task One_call_takes_back_a_bounded_number_the_oldest_first()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([.. Enumerable.Range(0, 25).Select(i => Request($"r{i}"))], []);
        for (var i = 0; i < 25; i++)
        {
            await store.CompleteAsync([Answer($"r{24 - i}", "eve")], Start.AddSeconds(i));
        }

        var query = new AnnotatorQuery { Annotator = "eve", Since = Start, Limit = 10 };
        (await store.RetractByAsync(query, Ops)).Select(c => c.Request!.PredictionId).ShouldBe(Enumerable.Range(0, 10).Select(i => $"r{24 - i}"));
        (await store.RetractByAsync(query, Ops)).Count.ShouldBe(10);
        (await store.RetractByAsync(query, Ops)).Count.ShouldBe(5);
        (await store.RetractByAsync(query, Ops)).ShouldBeEmpty();
        (await store.CountsAsync()).Retracted.ShouldBe(25);
    }

    public void Dispose() => _disk.Dispose();

    private static LabelAnswer Answer(string id, string annotator, ModelKey? key = null, int label = 1) =>
        new() { Key = key ?? Clothing, PredictionId = id, Label = label, Annotator = annotator };
}
