using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Windows;

public class WindowSeriesTests
{
    private static readonly TimeSpan[] Defaults = [TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(24)];
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PredictionPoint Point = new(0.75, 0.5, Covered: true);
    private static readonly LabelPoint Right = new(0.75, 0.25, Correct: true);

    [Fact]
    public void A_late_label_lands_in_the_bucket_of_its_prediction()
    {
        var series = new WindowSeries(Defaults);
        var early = Start.AddSeconds(2);
        series.AddPrediction(early, Point, early);
        series.AddPrediction(Start.AddMinutes(50), Point, Start.AddMinutes(50));

        series.AddLabel(early, Right, Start.AddMinutes(50)).ShouldBeTrue();

        var hour = Window(series, 1, Start.AddMinutes(50));
        hour.Select(b => (b.Start, b.Predictions.Count, b.Labels.Count))
            .ShouldBe([(Start, 1L, 1L), (Start.AddMinutes(50), 1L, 0L)]);
        Window(series, 0, Start.AddMinutes(50)).Single().Labels.Count.ShouldBe(0);
    }

    [Fact]
    public void A_correction_replaces()
    {
        var series = new WindowSeries(Defaults);
        series.AddPrediction(Start, Point, Start);
        series.AddLabel(Start, Right, Start);
        series.RemoveLabel(Start, Right, Start);
        series.AddLabel(Start, Right with { Correct = false }, Start);

        var labels = Window(series, 2, Start).Single().Labels;
        (labels.Count, labels.Correct, labels.W, labels.WY).ShouldBe((1L, 0L, 4.0, 0.0));
    }

    [Fact]
    public void A_window_holds_what_lies_after_its_start_up_to_and_with_its_end()
    {
        var series = new WindowSeries([TimeSpan.FromMinutes(1)], 6);
        var tick = TimeSpan.FromTicks(1);
        foreach (var time in new[] { Start - tick, Start, Start.AddSeconds(10) - tick, Start.AddSeconds(60) })
        {
            series.AddPrediction(time, Point, Start.AddSeconds(10)).ShouldBe(time < Start.AddSeconds(60));
        }

        series.AddPrediction(Start.AddSeconds(60), Point, Start.AddSeconds(60));

        // The bucket [Start, +10 s) lies partly in the window until its last instant has left it.
        Window(series, 0, Start.AddSeconds(70) - tick - tick).Select(b => b.Predictions.Count).ShouldBe([2, 1]);
        Window(series, 0, Start.AddSeconds(70) - tick).Select(b => b.Predictions.Count).ShouldBe([1]);
        Window(series, 0, Start.AddSeconds(60)).Length.ShouldBe(2);
        Window(series, 0, Start.AddSeconds(60) - tick).Select(b => b.Start).ShouldBe([Start]);
        Window(series, 0, Start.AddSeconds(60) - tick - tick).Select(b => b.Start).ShouldBe([Start - TimeSpan.FromSeconds(10), Start]);
    }

    [Fact]
    public void A_time_outside_every_ring_is_refused_and_changes_nothing()
    {
        var series = new WindowSeries(Defaults);
        series.AddPrediction(Start.AddHours(-25), Point, Start).ShouldBeFalse();
        series.AddPrediction(Start.AddHours(1), Point, Start).ShouldBeFalse();
        series.AddPrediction(DateTimeOffset.MinValue, Point, Start).ShouldBeFalse();
        series.AddPrediction(DateTimeOffset.MaxValue, Point, Start).ShouldBeFalse();
        series.AddLabel(Start.AddHours(-25), Right, Start).ShouldBeFalse();
        series.RemoveLabel(Start.AddHours(-25), Right, Start).ShouldBeFalse();
        series.AddRequest(Start.AddHours(-25), Start).ShouldBeFalse();
        series.AddUnanswered(Start.AddHours(-25), 1, Start).ShouldBeFalse();

        Window(series, 2, Start).ShouldBeEmpty();
        var dirty = new List<BucketSnapshot>();
        series.CopyUnsaved(dirty);
        dirty.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(double.NaN, 0.5)]
    [InlineData(-0.01, 0.5)]
    [InlineData(1.01, 0.5)]
    [InlineData(0.5, double.NaN)]
    [InlineData(0.5, 1.5)]
    [InlineData(0.5, -1)]
    public void Values_out_of_range_are_refused_and_reach_no_sum(double first, double second)
    {
        var series = new WindowSeries(Defaults);
        series.AddPrediction(Start, new PredictionPoint(first, second, true), Start).ShouldBeFalse();
        series.AddLabel(Start, new LabelPoint(first, second, true), Start).ShouldBeFalse();
        Window(series, 0, Start).ShouldBeEmpty();
    }

    [Fact]
    public void A_label_without_an_inclusion_probability_is_refused()
    {
        var series = new WindowSeries(Defaults);
        series.AddLabel(Start, new LabelPoint(0.5, 0, true), Start).ShouldBeFalse();
    }

    [Fact]
    public void A_clock_that_runs_a_day_ahead_for_a_minute_costs_a_minute()
    {
        var series = new WindowSeries(Defaults);
        for (var s = 0; s < 600; s++)
        {
            series.AddPrediction(Start.AddSeconds(s), Point, Start.AddSeconds(s));
        }

        for (var s = 600; s < 660; s++)
        {
            var ahead = Start.AddDays(1.01).AddSeconds(s);
            series.AddPrediction(ahead, Point, ahead);
        }

        for (var s = 660; s < 720; s++)
        {
            series.AddPrediction(Start.AddSeconds(s), Point, Start.AddSeconds(s)).ShouldBeTrue();
        }

        var end = Start.AddSeconds(719);
        Window(series, 0, end).Sum(b => b.Predictions.Count).ShouldBeInRange(300 - 120 - 10, 305 - 60);
        Window(series, 1, end).Sum(b => b.Predictions.Count).ShouldBeInRange(660 - 120, 660);
    }

    [Fact]
    public void What_was_saved_and_restored_is_what_was_there()
    {
        var series = new WindowSeries(Defaults);
        var random = new Random(3);
        var events = Enumerable.Range(0, 3_000).Select(i => Start.AddSeconds(3 * i)).ToArray();
        var labels = new List<(DateTimeOffset, LabelPoint)>();
        var stored = new Dictionary<(TimeSpan, DateTimeOffset), BucketSnapshot>();
        var dirty = new List<BucketSnapshot>();
        foreach (var time in events)
        {
            series.AddPrediction(time, new PredictionPoint(random.NextDouble(), random.NextDouble(), random.Next(2) == 0), time);
            if (random.Next(20) == 0)
            {
                series.AddRequest(time, time);
                var label = new LabelPoint(random.NextDouble(), 0.05, random.Next(2) == 0);
                labels.Add((time, label));
                series.AddLabel(time, label, time);
            }

            if (random.Next(50) == 0)
            {
                Save();
            }
        }

        Save();
        var end = events[^1];
        var restored = new WindowSeries(Defaults);
        foreach (var snapshot in stored.Values)
        {
            var fresh = restored.Restore(snapshot, end);
            (fresh || snapshot.Start + snapshot.Window <= end).ShouldBeTrue();
        }

        foreach (var (time, label) in labels)
        {
            restored.AddRequest(time, end);
            restored.AddLabel(time, label, end);
        }

        for (var w = 0; w < Defaults.Length; w++)
        {
            Window(restored, w, end).ShouldBe(Window(series, w, end));
        }

        restored.CopyUnsaved(dirty);
        dirty.ShouldBeEmpty();

        void Save()
        {
            series.CopyUnsaved(dirty);
            dirty.ForEach(s => stored[(s.Window, s.Start)] = s);
            dirty.ForEach(s => series.MarkSaved(s));
            dirty.Clear();
        }
    }

    [Fact]
    public void A_stored_bucket_of_another_shape_or_of_long_ago_is_not_restored()
    {
        var series = new WindowSeries(Defaults);
        var sums = new PredictionSums { Count = 1 };
        series.Restore(new BucketSnapshot(TimeSpan.FromMinutes(10), Start, sums, 1), Start).ShouldBeFalse();
        series.Restore(new BucketSnapshot(Defaults[1], Start.AddSeconds(1), sums, 1), Start).ShouldBeFalse();
        series.Restore(new BucketSnapshot(Defaults[1], Start.AddHours(-2), sums, 1), Start).ShouldBeFalse();
        series.Restore(new BucketSnapshot(Defaults[1], Start, sums, 1), Start).ShouldBeTrue();
    }

    [Fact]
    public void State_is_fixed_and_counting_allocates_nothing()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var series = new WindowSeries(Defaults);
        var made = GC.GetAllocatedBytesForCurrentThread() - before;
        series.StateBytes.ShouldBe(3 * 62 * (long)BucketRing.SlotBytes);
        BucketRing.SlotBytes.ShouldBeLessThanOrEqualTo(512);
        made.ShouldBeLessThan(series.StateBytes + 1_024);

        var dirty = new List<BucketSnapshot>(1_000);
        var buckets = new Bucket[series.MaxBuckets];
        Action<BucketSnapshot> mark = s => series.MarkSaved(s);
        void Run(int from, int to)
        {
            for (var s = from; s < to; s++)
            {
                var time = Start.AddSeconds(s);
                series.AddPrediction(time, Point, time);
                series.AddRequest(time, time);
                series.AddLabel(time, Right, time);
                series.RemoveLabel(time, Right, time);
                series.AddUnanswered(time, 1, time);
                if (s % 100 == 0)
                {
                    dirty.Clear();
                    series.CopyUnsaved(dirty);
                    dirty.ForEach(mark);
                    series.CopyWindow(s / 100 % 3, time, buckets);
                }
            }
        }

        Run(0, 5_000);
        Allocations.LeastOf(i => Run(5_000 + (i * 50_000), 55_000 + (i * 50_000))).ShouldBe(0);
    }

    [Fact]
    public void Windows_and_resolutions_out_of_range_are_refused()
    {
        Should.Throw<ArgumentException>(() => new WindowSeries([]));
        Should.Throw<ArgumentException>(() => new WindowSeries([Defaults[0], Defaults[0]]));
        Should.Throw<ArgumentOutOfRangeException>(() => new WindowSeries([TimeSpan.Zero]));
        Should.Throw<ArgumentOutOfRangeException>(() => new WindowSeries([TimeSpan.FromDays(400)]));
        Should.Throw<ArgumentOutOfRangeException>(() => new WindowSeries(Defaults, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new WindowSeries(Defaults, 10_001));
        Should.Throw<ArgumentOutOfRangeException>(() => new WindowSeries(Defaults).CopyWindow(0, Start, new Bucket[60]));
    }

    [Fact]
    public void Windows_and_resolutions_at_their_bounds_are_accepted()
    {
        new WindowSeries([TimeSpan.FromSeconds(1)], 1).MaxBuckets.ShouldBe(2);
        new WindowSeries([TimeSpan.FromDays(366)], 10_000).MaxBuckets.ShouldBe(10_001);
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(1, 1, true)]
    [InlineData(-0.001, 0.5, false)]
    [InlineData(1.001, 0.5, false)]
    [InlineData(0.5, -0.001, false)]
    [InlineData(0.5, 1.001, false)]
    public void A_prediction_counts_up_to_the_bounds_of_its_values(double score, double confidence, bool counts) =>
        new WindowSeries(Defaults).AddPrediction(Start, new PredictionPoint(score, confidence, Covered: true), Start).ShouldBe(counts);

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(1, 1e-9, true)]
    [InlineData(-0.001, 0.5, false)]
    [InlineData(1.001, 0.5, false)]
    [InlineData(0.5, 0, false)]
    [InlineData(0.5, 1.001, false)]
    public void A_label_counts_up_to_the_bounds_of_its_values(double score, double probability, bool counts)
    {
        var series = new WindowSeries(Defaults);
        var point = new LabelPoint(score, probability, Correct: true);
        series.AddLabel(Start, point, Start).ShouldBe(counts);
        series.RemoveLabel(Start, point, Start).ShouldBe(counts);
    }

    // A window of ten seconds in ten buckets: live are the present bucket, the one after it and the ten before it.
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(-10, true)]
    [InlineData(-11, false)]
    public void A_time_is_live_from_ten_buckets_back_to_one_ahead(int seconds, bool live)
    {
        var series = new WindowSeries([TimeSpan.FromSeconds(10)], 10);
        var time = Start.AddSeconds(seconds);
        series.Takes(time, Start).ShouldBe(live);
        series.AddRequest(time, Start).ShouldBe(live);
        series.AddUnanswered(time, 1, Start).ShouldBe(live);
        series.AddLabel(time, new LabelPoint(0.5, 0.5, Correct: true), Start).ShouldBe(live);
        series.AddPredictions(time, new PredictionSums { Count = 1 }, Start).ShouldBe(live);
    }

    private static Bucket[] Window(WindowSeries series, int index, DateTimeOffset end)
    {
        var buckets = new Bucket[series.MaxBuckets];
        return buckets[..series.CopyWindow(index, end, buckets)];
    }
}
