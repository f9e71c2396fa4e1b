using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sequences;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Storage.Labelling;
using AccuracyMonitor.Storage.Windows;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests;

public sealed class RetentionTests : IDisposable
{
    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task What_is_old_and_ended_is_forgotten_with_its_labels_and_nothing_else()
    {
        await using var store = await _disk.OpenAsync();
        var old = Start.AddDays(-10);
        await store.EnqueueAsync(
            [Request("answered", created: old), Request("waiting", created: old), Request("leased", created: old) with { ExpiresAt = Start.AddDays(1) },
                Request("young")],
            [Bucket(old), Bucket(Start)]);
        var leases = await store.LeaseAsync(new LeaseQuery { MaxItems = 3, Duration = TimeSpan.FromHours(12) }, old);
        await store.CompleteAsync([new LabelAnswer { LeaseId = leases[0].LeaseId, Label = 1 }, By("young")], old);
        await store.ReleaseAsync([leases[1].LeaseId], old);

        (await store.PruneAsync(new RetentionBounds(Start.AddDays(-5)), Start)).ShouldBe(
            new PruneResult(Requests: 1, Buckets: 1, More: false) { Audits = 1 });
        (await store.FindAsync(Clothing, "answered")).ShouldBeNull();
        (await store.LabelHistoryAsync(Clothing, "answered")).ShouldBeEmpty();
        (await store.CompleteAsync([new LabelAnswer { LeaseId = leases[0].LeaseId, Label = 1 }], Start))[0].Outcome.ShouldBe(LabelOutcome.NotFound);
        (await store.FindAsync(Clothing, "waiting")).ShouldNotBeNull();
        (await store.FindAsync(Clothing, "leased")).ShouldNotBeNull();
        (await store.FindAsync(Clothing, "young")).ShouldNotBeNull();
        (await store.Windows.BucketsAsync(DateTimeOffset.MinValue)).ShouldBe([Bucket(Start)]);
    }

    [Fact]
    public async Task Counts_and_closed_windows_of_a_version_go_when_nothing_else_of_it_is_left()
    {
        await using var store = await _disk.OpenAsync();
        var old = Start.AddDays(-10);
        await store.EnqueueAsync([Request("a", created: old) with { UniformSample = true }], [Bucket(old)]);
        await store.CompleteAsync([By("a")], old);
        ClosedWindow[] closed = [new(old, Start.AddDays(-6), 0.9, 0.02, 100)];
        await store.Windows.ReplaceClosedAsync(Clothing, closed);

        // Its last closed window is not old enough.
        (await store.PruneAsync(new RetentionBounds(Start.AddDays(-7)), Start)).Versions.ShouldBe(0);
        (await store.UniformLabelsAsync(Clothing)).Labels.ShouldBe(1);

        (await store.PruneAsync(new RetentionBounds(Start.AddDays(-5)), Start)).Versions.ShouldBe(1);
        (await store.UniformLabelsAsync(Clothing)).Labels.ShouldBe(0);
        (await store.Windows.ClosedAsync(Clothing)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Counts_of_a_version_with_a_request_or_a_bucket_stay()
    {
        await using var store = await _disk.OpenAsync();
        var old = Start.AddDays(-10);
        await store.EnqueueAsync([Request("a", created: old) with { UniformSample = true }], [Bucket(Start)]);
        await store.CompleteAsync([By("a")], old);
        var pruned = await store.PruneAsync(new RetentionBounds(Start.AddDays(-5)), Start);
        (pruned.Requests, pruned.Versions).ShouldBe((1, 0));
        (await store.UniformLabelsAsync(Clothing)).Labels.ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_younger_than_the_retention_is_forgotten_whatever_is_asked()
    {
        await using var store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.FromDays(2) });
        await store.EnqueueAsync([Request("a", created: Start.AddDays(-1))], [Bucket(Start.AddDays(-1))]);
        await store.CompleteAsync([By("a")], Start);
        (await store.PruneAsync(new RetentionBounds(DateTimeOffset.MaxValue), Start)).ShouldBe(new PruneResult(0, 0, More: false));
    }

    [Fact]
    public async Task One_call_does_a_bounded_piece_and_says_that_there_is_more()
    {
        await using var store = await _disk.OpenAsync();
        var old = Start.AddDays(-10);
        await store.EnqueueAsync([.. Enumerable.Range(0, 25).Select(i => Request($"r{i}", created: old.AddMinutes(-i)))], []);
        await store.ExpireAsync(Start);
        var ends = new RetentionBounds(Start.AddDays(-5));
        (await store.PruneAsync(ends, Start, 10)).ShouldBe(new PruneResult(10, 0, More: true));
        (await store.FindAsync(Clothing, "r24")).ShouldBeNull();
        (await store.FindAsync(Clothing, "r0")).ShouldNotBeNull();
        (await store.PruneAsync(ends, Start, 10)).ShouldBe(new PruneResult(10, 0, More: true));
        (await store.PruneAsync(ends, Start, 10)).ShouldBe(new PruneResult(5, 0, More: false) { Versions = 1 });
    }

    [Fact]
    public async Task Sequence_numbers_of_labels_never_come_again_after_the_last_was_forgotten()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a", created: Start.AddDays(-10)), Request("b")], []);
        var first = (await store.CompleteAsync([By("a")], Start))[0].Sequence;
        await store.PruneAsync(new RetentionBounds(Start.AddDays(-5)), Start);
        (await store.CompleteAsync([By("b")], Start))[0].Sequence.ShouldBe(first + 1);
    }

    [Fact]
    public async Task Too_large_a_database_forgets_window_sums_and_vectors_before_labels_and_nothing_that_waits()
    {
        const int Classes = 5000;
        await using var store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.FromDays(2) });
        await store.EnqueueAsync([.. Enumerable.Range(0, 40).Select(i => Request($"old{i}", created: Start.AddDays(-3).AddMinutes(i), classes: Classes))], []);
        await store.EnqueueAsync([.. Enumerable.Range(0, 40).Select(i => Request($"young{i}", classes: Classes))], []);
        await store.CompleteAsync([.. Enumerable.Range(0, 30).Select(i => By($"old{i}")), .. Enumerable.Range(0, 30).Select(i => By($"young{i}"))], Start);
        var full = (await store.SizeAsync()).Used;
        full.ShouldBeGreaterThan(80 * Classes * sizeof(float));
        var age = Start.AddDays(-90);

        // Over by about ten vectors: ten of the oldest go, and no label.
        var first = await store.PruneAsync(new RetentionBounds(age) { MaxBytes = full - (10 * Classes * sizeof(float)) }, Start, 10);
        first.ShouldBe(new PruneResult(0, 0, More: true) { Vectors = 10 });
        (await store.FindAsync(Clothing, "old0")).ShouldNotBeNull();

        // Over by more than all that has ended has: the labels of the young stay, and what waits stays whole.
        var least = await store.PruneAsync(new RetentionBounds(age) { MaxBytes = 1 }, Start, 1000);
        (least.Requests, least.Vectors, least.More).ShouldBe((30, 50, false));
        (await store.FindAsync(Clothing, "old0")).ShouldBeNull();
        least.ExcessBytes.ShouldBeGreaterThan(20 * Classes * sizeof(float));
        (await store.LabelHistoryAsync(Clothing, "young0")).ShouldHaveSingleItem();
        (await store.LabelledRequestsAsync(Clothing, age, 100)).ShouldBeEmpty();
        var leases = await store.LeaseAsync(new LeaseQuery { MaxItems = 100, Duration = TimeSpan.FromHours(1) }, Start);
        leases.Count.ShouldBe(10);

        // What is freed is used again: the file does not grow by the next forty.
        var file = (await store.SizeAsync()).File;
        await store.EnqueueAsync([.. Enumerable.Range(0, 40).Select(i => Request($"new{i}", classes: Classes))], []);
        (await store.SizeAsync()).File.ShouldBe(file);
    }

    [Fact]
    public async Task Window_sums_that_nothing_reads_go_before_any_label()
    {
        await using var store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.FromDays(2) });
        await store.EnqueueAsync(
            [Request("answered", created: Start.AddDays(-3))],
            [.. Enumerable.Range(0, 900).Select(i => Bucket(Start.AddDays(-5).AddMinutes(i)))]);
        await store.CompleteAsync([By("answered")], Start);
        var full = (await store.SizeAsync()).Used;

        var pruned = await store.PruneAsync(new RetentionBounds(Start.AddDays(-90)) { MaxBytes = full - 4096 }, Start);

        pruned.ShouldBe(new PruneResult(0, 900, More: false));
        (await store.LabelledRequestsAsync(Clothing, Start.AddDays(-90), 10)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Leases_and_changes_of_one_request_have_an_end()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a", created: Start)], []);
        List<string> leases = [];
        for (var i = 0; i < LabellingLimits.MaxLeases + 5; i++)
        {
            leases.Add((await store.LeaseAsync(new LeaseQuery { MaxItems = 1, Duration = TimeSpan.FromSeconds(1) }, Start.AddSeconds(2 * i)))[0].LeaseId);
        }

        (await store.CompleteAsync([new LabelAnswer { LeaseId = leases[4], Label = 1 }], Start)).Single().Outcome.ShouldBe(LabelOutcome.NotFound);
        (await store.CompleteAsync([new LabelAnswer { LeaseId = leases[5], Label = 1 }], Start)).Single().Outcome.ShouldBe(LabelOutcome.Ok);
        for (var change = 1; change < LabellingLimits.MaxChanges; change++)
        {
            (await store.CompleteAsync([By("a", label: change % 2 * 2)], Start)).Single().Outcome.ShouldBe(LabelOutcome.Replaced);
        }

        // The right label can always be given: the oldest of the changes between are dropped.
        var history = await store.LabelHistoryAsync(Clothing, "a");
        (await store.CompleteAsync([By("a")], Start)).Single().Outcome.ShouldBe(LabelOutcome.Replaced);
        (await store.FindAsync(Clothing, "a"))!.Label.ShouldBe(1);
        var kept = await store.LabelHistoryAsync(Clothing, "a");
        kept.Count.ShouldBe(LabellingLimits.MaxChanges);
        kept.SkipLast(1).ShouldBe([history[0], .. history.Skip(2)]);
        (await store.RetractAsync([(Clothing, "a")], "", Start)).Single().Outcome.ShouldBe(LabelOutcome.Ok);
    }

    public void Dispose() => _disk.Dispose();

    private static BucketRow Bucket(DateTimeOffset start) =>
        new(new SeriesKey("clothing", "7", ""), new BucketSnapshot(TimeSpan.FromHours(1), start, new PredictionSums { Count = 1 }, 1));

    private static LabelAnswer By(string id, int label = 1) => new() { Key = Clothing, PredictionId = id, Label = label };
}
