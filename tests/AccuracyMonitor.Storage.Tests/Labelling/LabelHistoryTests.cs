using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Storage.Labelling;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Labelling;

public sealed class LabelHistoryTests : IDisposable
{
    private static readonly ModelKey Other = new("other", "1");
    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task A_page_has_the_current_labels_after_a_position_by_sequence()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync(
            [Request("a"), Request("b"), Request("c"), Request("other", Other), Request("literal") with { Policy = SamplingPolicy.TopUncertainty }], []);
        await store.CompleteAsync([Label("b", 2), Label("a", 0), Label("literal", 2), Label("other", 1, Other), Label("c", 1), Label("b", 1)], Start);

        var page = await PageAsync(store, default);

        page.Labels.Select(l => (l.Sequence, l.Correct)).ShouldBe([(2, false), (5, false), (6, false)]);
        (page.Head, page.Changed, page.IsLast).ShouldBe((6, null, true));
        var first = page.Labels[0];
        (first.Series.Segment, first.PredictedClass, first.LabelledAt).ShouldBe(("eu", 2, Start));
        first.Decision.ShouldBe(new LabelDecision(0.8125, 0.01, "m1"));
        (await PageAsync(store, new LabelPosition(0, After: 2, Seen: 6, Settled: 0), limit: 1)).Labels.ShouldHaveSingleItem().Sequence.ShouldBe(5);
    }

    [Fact]
    public async Task A_page_reports_the_first_counted_label_that_was_corrected_or_retracted_since()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a"), Request("b"), Request("c")], []);
        await store.CompleteAsync([Label("a", 0), Label("b", 1), Label("c", 2)], Start);
        await store.CompleteAsync([Label("c", 1)], Start);
        await store.RetractAsync([(Clothing, "b")], "", Start);

        (await PageAsync(store, new LabelPosition(0, After: 3, Seen: 3, Settled: 0))).Changed.ShouldBe(2);
        (await PageAsync(store, new LabelPosition(0, After: 3, Seen: 3, Settled: 2))).Changed.ShouldBe(3);
        (await PageAsync(store, new LabelPosition(0, After: 3, Seen: 3, Settled: 3))).Changed.ShouldBeNull();
        // Those that changed after the counted part were never counted in their old state.
        (await PageAsync(store, new LabelPosition(0, After: 1, Seen: 3, Settled: 0))).Changed.ShouldBeNull();
        (await PageAsync(store, new LabelPosition(0, After: 5, Seen: 5, Settled: 0))).Changed.ShouldBeNull();
    }

    [Fact]
    public async Task The_head_stays_when_the_last_entries_are_pruned()
    {
        await using var store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.FromDays(1) });
        await store.EnqueueAsync([Request("old", created: Start.AddDays(-10)), Request("new")], []);
        await store.CompleteAsync([Label("new", 0), Label("old", 0)], Start);
        await store.PruneAsync(new RetentionBounds(Start.AddDays(-5)), Start);

        var page = await PageAsync(store, default);

        (page.Head, page.Labels.Count).ShouldBe((2, 1));
    }

    public void Dispose() => _disk.Dispose();

    private static Task<LabelHistoryPage> PageAsync(MonitorStore store, LabelPosition position, int limit = 100) =>
        store.LabelPageAsync(new LabelHistoryQuery { Key = Clothing, Position = position, Limit = limit });

    private static LabelAnswer Label(string id, int label, ModelKey? key = null) => new() { Key = key ?? Clothing, PredictionId = id, Label = label };
}
