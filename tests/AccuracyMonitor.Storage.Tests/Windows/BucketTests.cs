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
            await store.FlushBucketsAsync(rows);
        }

        await using var again = await _disk.OpenAsync();
        (await again.BucketsAsync(DateTimeOffset.MinValue)).ShouldBe(rows, ignoreOrder: true);
        (await again.BucketsAsync(Start.AddMinutes(1))).ShouldBe([rows[1]]);

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
        var later = Row("eu", 0, new PredictionSums { Count = 5 });
        var hour = later with { Snapshot = later.Snapshot with { Window = TimeSpan.FromHours(24) } };
        await store.FlushBucketsAsync([first, hour]);
        await store.EnqueueAsync([Request("a")], [later]);
        (await store.BucketsAsync(Start)).ShouldBe([later, hour]);
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
        var written = store.FlushBucketsAsync(rows);
        rows[0] = Row("eu", 9, default);
        await written;
        (await store.BucketsAsync(DateTimeOffset.MinValue)).ShouldBe(expected);
    }

    public void Dispose() => _disk.Dispose();

    private static BucketRow Row(string segment, int minute, PredictionSums sums) =>
        new(new SeriesKey("clothing", "7", segment), new BucketSnapshot(TimeSpan.FromHours(1), Start.AddMinutes(minute), sums));
}
