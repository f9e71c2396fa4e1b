using AccuracyMonitor.Core;
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

        (await store.PruneAsync(Start.AddDays(-5), Start)).ShouldBe(new PruneResult(Requests: 1, Buckets: 1, More: false));
        (await store.FindAsync(Clothing, "answered")).ShouldBeNull();
        (await store.LabelHistoryAsync(Clothing, "answered")).ShouldBeEmpty();
        (await store.CompleteAsync([new LabelAnswer { LeaseId = leases[0].LeaseId, Label = 1 }], Start))[0].Outcome.ShouldBe(LabelOutcome.NotFound);
        (await store.FindAsync(Clothing, "waiting")).ShouldNotBeNull();
        (await store.FindAsync(Clothing, "leased")).ShouldNotBeNull();
        (await store.FindAsync(Clothing, "young")).ShouldNotBeNull();
        (await store.BucketsAsync(DateTimeOffset.MinValue)).ShouldBe([Bucket(Start)]);
    }

    [Fact]
    public async Task Nothing_younger_than_the_retention_is_forgotten_whatever_is_asked()
    {
        await using var store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.FromDays(2) });
        await store.EnqueueAsync([Request("a", created: Start.AddDays(-1))], [Bucket(Start.AddDays(-1))]);
        await store.CompleteAsync([By("a")], Start);
        (await store.PruneAsync(DateTimeOffset.MaxValue, Start)).ShouldBe(new PruneResult(0, 0, More: false));
    }

    [Fact]
    public async Task One_call_does_a_bounded_piece_and_says_that_there_is_more()
    {
        await using var store = await _disk.OpenAsync();
        var old = Start.AddDays(-10);
        await store.EnqueueAsync([.. Enumerable.Range(0, 25).Select(i => Request($"r{i}", created: old.AddMinutes(-i)))], []);
        await store.ExpireAsync(Start);
        var ends = Start.AddDays(-5);
        (await store.PruneAsync(ends, Start, 10)).ShouldBe(new PruneResult(10, 0, More: true));
        (await store.FindAsync(Clothing, "r24")).ShouldBeNull();
        (await store.FindAsync(Clothing, "r0")).ShouldNotBeNull();
        (await store.PruneAsync(ends, Start, 10)).ShouldBe(new PruneResult(10, 0, More: true));
        (await store.PruneAsync(ends, Start, 10)).ShouldBe(new PruneResult(5, 0, More: false));
    }

    [Fact]
    public async Task Sequence_numbers_of_labels_never_come_again_after_the_last_was_forgotten()
    {
        await using var store = await _disk.OpenAsync();
        await store.EnqueueAsync([Request("a", created: Start.AddDays(-10)), Request("b")], []);
        var first = (await store.CompleteAsync([By("a")], Start))[0].Sequence;
        await store.PruneAsync(Start.AddDays(-5), Start);
        (await store.CompleteAsync([By("b")], Start))[0].Sequence.ShouldBe(first + 1);
    }

    public void Dispose() => _disk.Dispose();

    private static BucketRow Bucket(DateTimeOffset start) =>
        new(new SeriesKey("clothing", "7", ""), new BucketSnapshot(TimeSpan.FromHours(1), start, new PredictionSums { Count = 1 }, 1));

    private static LabelAnswer By(string id) => new() { Key = Clothing, PredictionId = id, Label = 1 };
}
