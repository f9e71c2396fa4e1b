using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Storage.Windows;
using static AccuracyMonitor.Storage.Tests.StoreFixture;

namespace AccuracyMonitor.Storage.Tests.Windows;

public sealed class BucketTests : IDisposable
{
    private readonly StoreFixture _disk = new();

    [Fact]
    public async Task Buckets_come_back_from_the_disk_as_they_were_given_whatever_the_sums()
    {
        BucketRow[] rows =
        [
            Row("eu", 0, new PredictionSums
            {
                Count = 1, Score = 0.1, ScoreSquared = 0.2, ScoreVariance = 0.3, Confidence = 0.4, CoveredCount = 2, CoveredScore = 0.5,
                CoveredScoreSquared = 0.6, Requested = 3,
            }),
            Row("eu", 1, new PredictionSums { Count = long.MaxValue, Score = 1e300, Confidence = double.Epsilon }),
            Row("us", 0, default),
            OfClass(SeriesKey.OtherClasses),
            OfClass(0),
            OfClass(9_999),
        ];
        await using (var store = await _disk.OpenAsync())
        {
            await store.Windows.FlushBucketsAsync(rows);
        }

        await using var again = await _disk.OpenAsync();
        (await again.Windows.BucketsAsync(DateTimeOffset.MinValue)).ShouldBe(rows, ignoreOrder: true);
        (await again.Windows.BucketsAsync(Start.AddMinutes(1))).ShouldBe([rows[1]]);

        static BucketRow OfClass(int number)
        {
            var row = Row("", 0, new PredictionSums { Count = 7 });
            return row with { Series = row.Series with { PredictedClass = number } };
        }
    }

    [Fact]
    public async Task A_later_snapshot_replaces_and_the_same_start_of_another_window_is_another_bucket()
    {
        await using var store = await _disk.OpenAsync();
        var first = Row("eu", 0, new PredictionSums { Count = 1 });
        var later = Row("eu", 0, new PredictionSums { Count = 5 }, sequence: 2);
        var hour = later with { Snapshot = later.Snapshot with { Window = TimeSpan.FromHours(24) } };
        await store.Windows.FlushBucketsAsync([first, hour]);
        await store.EnqueueAsync([Request("a")], [later]);
        (await store.Windows.BucketsAsync(Start)).ShouldBe([later, hour]);
    }

    [Fact]
    public async Task An_earlier_snapshot_that_is_written_later_replaces_nothing()
    {
        await using var store = await _disk.OpenAsync();
        var later = Row("eu", 0, new PredictionSums { Count = 5 }, sequence: 2);
        await store.EnqueueAsync([Request("a")], [later]);
        await store.Windows.FlushBucketsAsync(
            [Row("eu", 0, new PredictionSums { Count = 4 }, sequence: 1), Row("us", 0, new PredictionSums { Count = 1 }, sequence: 1)]);
        (await store.Windows.BucketsAsync(Start)).Select(b => (b.Series.Segment, b.Snapshot.Sums.Count)).ShouldBe([("eu", 5L), ("us", 1L)]);
    }

    [Fact]
    public async Task After_a_restart_numbers_from_1_are_later_than_all_that_is_stored_or_was_pruned()
    {
        await using (var store = await _disk.OpenAsync(_disk.Options with { MinimumRetention = TimeSpan.Zero }))
        {
            await store.Windows.FlushBucketsAsync(
                [Row("eu", 1, new PredictionSums { Count = 5 }, sequence: 40), Row("eu", 0, new PredictionSums { Count = 9 }, sequence: 70)]);
            (await store.PruneAsync(new RetentionBounds(Start.AddMinutes(1)), Start.AddMinutes(1))).Buckets.ShouldBe(1);
        }

        await using var again = await _disk.OpenAsync();
        await again.Windows.FlushBucketsAsync([Row("eu", 1, new PredictionSums { Count = 6 }, sequence: 2)]);
        await again.Windows.FlushBucketsAsync([Row("eu", 1, new PredictionSums { Count = 1 }, sequence: 1)]);
        (await again.Windows.BucketsAsync(DateTimeOffset.MinValue)).ShouldBe([Row("eu", 1, new PredictionSums { Count = 6 }, sequence: 72)]);
    }

    [Fact]
    public async Task A_sequence_number_below_1_is_refused()
    {
        await using var store = await _disk.OpenAsync();
        (await Should.ThrowAsync<ArgumentException>(() => store.Windows.FlushBucketsAsync([Row("eu", 0, default, sequence: 0)])))
            .Message.ShouldContain("is 0; it must be at least 1");
    }

    [Fact]
    public async Task Buckets_and_the_requests_they_count_are_kept_together_or_not_at_all()
    {
        await using var store = await _disk.OpenAsync();
        var poisoned = Row("eu", 0, new PredictionSums { Score = double.NaN });
        (await Should.ThrowAsync<ArgumentException>(() => store.EnqueueAsync([Request("a")], [poisoned]))).Message.ShouldContain("finite");
        (await store.CountsAsync()).Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task The_callers_list_may_be_used_again_at_once()
    {
        await using var store = await _disk.OpenAsync();
        var rows = new List<BucketRow> { Row("eu", 0, new PredictionSums { Count = 1 }) };
        var expected = rows.ToArray();
        var written = store.Windows.FlushBucketsAsync(rows);
        rows[0] = Row("eu", 9, default);
        await written;
        (await store.Windows.BucketsAsync(DateTimeOffset.MinValue)).ShouldBe(expected);
    }

    public void Dispose() => _disk.Dispose();

    private static BucketRow Row(string segment, int minute, PredictionSums sums, long sequence = 1) =>
        new(new SeriesKey("clothing", "7", segment), new BucketSnapshot(TimeSpan.FromHours(1), Start.AddMinutes(minute), sums, sequence));
}
