using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Windows;

public class RowReservoirTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddDays(1);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    [Fact]
    public void Add_MorePredictionsThanRows_KeepsEachWithTheSameProbability()
    {
        const int Runs = 3000;
        const int Offered = 80;
        const int Kept = 8;
        var counts = new int[Offered];
        for (var run = 0; run < Runs; run++)
        {
            var rows = new RowReservoir(Window, 6, 2, Kept);
            for (var i = 0; i < Offered; i++)
            {
                rows.Add(Start, [i, run], StableHash.Of($"{run}-{i}", 1), Start);
            }

            var copy = rows.Copy(Start, DateTimeOffset.MaxValue);
            copy.Weights.Length.ShouldBe(Kept);
            foreach (var i in Enumerable.Range(0, Kept))
            {
                counts[(int)copy.Probabilities[2 * i]]++;
                copy.Probabilities[(2 * i) + 1].ShouldBe(run);
            }
        }

        // Kept of Offered in each run: the sum below has about 79 degrees of freedom, and lies beyond 140 once in ten thousand seeds.
        const double Expected = (double)Runs * Kept / Offered;
        counts.Sum(c => (c - Expected) * (c - Expected) / (Expected * (1 - ((double)Kept / Offered)))).ShouldBeInRange(35, 140);
        counts.ShouldAllBe(c => Math.Abs(c - Expected) < 5 * Math.Sqrt(Expected));
    }

    [Fact]
    public void Copy_BucketsOfDifferentSizes_GivesWeightsThatAddUpToThePredictions()
    {
        var rows = new RowReservoir(Window, 6, 2, 5);
        var offered = new[] { 3, 40, 0, 5, 17 };
        foreach (var (bucket, count) in offered.Index())
        {
            for (var i = 0; i < count; i++)
            {
                rows.Add(Start.AddSeconds(10 * bucket), [bucket, 0], StableHash.Of($"{bucket}-{i}", 1), Start.AddSeconds(50)).ShouldBeTrue();
            }
        }

        var copy = rows.Copy(Start.AddSeconds(50), DateTimeOffset.MaxValue);
        var before = rows.Copy(Start.AddSeconds(50), Start.AddSeconds(20));

        copy.Predictions.ShouldBe(65);
        foreach (var (bucket, count) in offered.Index())
        {
            var weights = copy.Weights.Where((_, i) => copy.Probabilities[2 * i] == bucket).ToArray();
            weights.Length.ShouldBe(Math.Min(5, count));
            weights.Sum().ShouldBe(count, 1e-9);
        }

        (before.Predictions, before.Weights.Length).ShouldBe((43, 8));
    }

    [Fact]
    public void Add_TimesOutsideTheWindow_AreRefusedAndOldOnesAreForgotten()
    {
        var rows = new RowReservoir(Window, 6, 2, 5);
        rows.Add(Start, [1, 0], 1, Start).ShouldBeTrue();
        rows.Add(Start.AddSeconds(10), [1, 0], 1, Start).ShouldBeTrue();
        rows.Add(Start.AddSeconds(20), [1, 0], 1, Start).ShouldBeFalse();
        rows.Add(Start.AddSeconds(-70), [1, 0], 1, Start).ShouldBeFalse();

        // The bucket of the start is two windows back, and its place taken.
        var later = Start.AddSeconds(80);
        rows.Copy(later, DateTimeOffset.MaxValue).Predictions.ShouldBe(0);
        rows.Add(later, [2, 0], 1, later).ShouldBeTrue();
        rows.Copy(later, DateTimeOffset.MaxValue).Probabilities.ShouldBe([2, 0]);
        rows.Copy(Start, DateTimeOffset.MaxValue).Predictions.ShouldBe(0);
    }

    [Fact]
    public void Add_HoweverMuch_HoldsNoMoreThanItSays()
    {
        var rows = new RowReservoir(Window, 6, 4, 5);
        rows.StateBytes.ShouldBe(8 * 5 * 4 * sizeof(float));
        float[] row = [1, 2, 3, 4];
        var fill = 0;
        Offer();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Offer();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Offer()
        {
            for (var i = 0; i < 20_000; i++)
            {
                var now = Start.AddSeconds(++fill * 0.02);
                rows.Add(now, row, (ulong)i * 0x9E3779B97F4A7C15, now);
            }
        }
    }

    [Theory]
    [InlineData(600, 60, 10, 10)]
    [InlineData(59, 60, 10, 1)]
    [InlineData(1_000_000, 4, 1_024, 256)]
    [InlineData(1_000_000, 60, 1 << 20, 1)]
    public void RowsPerBucket_is_the_share_of_a_bucket_in_the_rows_that_fit(int rowsPerWindow, int buckets, int classes, int expected) =>
        RowReservoir.RowsPerBucket(rowsPerWindow, buckets, classes).ShouldBe(expected);

    [Theory]
    [InlineData(0, 1, 2, 1)]
    [InlineData(-1, 1, 2, 1)]
    [InlineData(1, 0, 2, 1)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 1, 2, 0)]
    public void A_size_out_of_range_is_refused(int seconds, int buckets, int classes, int rows) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new RowReservoir(TimeSpan.FromSeconds(seconds), buckets, classes, rows));

    [Fact]
    public void A_size_at_its_bound_is_accepted()
    {
        var rows = new RowReservoir(TimeSpan.FromTicks(1), 1, 2, 1);
        rows.Window.ShouldBe(TimeSpan.FromTicks(1));
        rows.StateBytes.ShouldBe(3 * 2 * sizeof(float));
    }

    // The second prediction takes the one place with probability ½: when the upper bit of its hash is 0.
    [Theory]
    [InlineData(0x7fffffffffffffff, true)]
    [InlineData(0x8000000000000000, false)]
    public void Offer_the_second_prediction_for_one_row_replaces_it_in_half_of_the_cases(ulong hash, bool kept)
    {
        var rows = new RowReservoir(Window, 6, 2, 1);
        rows.Add(Start, [1, 0], ulong.MaxValue, Start);
        rows.Offer(rows.Open(Start, Start), hash).IsEmpty.ShouldBe(!kept);
    }

    [Fact]
    public void Open_a_time_outside_the_window_is_minus_1() => new RowReservoir(Window, 6, 2, 1).Open(Start.AddSeconds(20), Start).ShouldBe(-1);
}
