using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Core.Tests.Windows;

public class WindowSeriesOracleTests
{
    private const int BucketsPerWindow = 6;
    private static readonly TimeSpan[] Lengths = [TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(7), TimeSpan.FromSeconds(100.0000001)];
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.FromHours(2));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_operations_give_what_a_list_of_events_gives(int seed) => Run(seed, jumps: false);

    [SimulationTheory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_clock_that_jumps_costs_no_more_than_the_buckets_written_meanwhile(int seed) => Run(seed, jumps: true);

    private static void Run(int seed, bool jumps)
    {
        var random = new Random(seed);
        var series = new WindowSeries(Lengths, BucketsPerWindow);
        var oracle = new NaiveWindows(Lengths, BucketsPerWindow, evicts: jumps);
        var labels = new List<(DateTimeOffset Time, LabelPoint Point)>();
        var now = Start;
        var buckets = new Bucket[series.MaxBuckets];
        for (var step = 0; step < 6_000; step++)
        {
            now = Advance(now, random, jumps);
            var time = now.AddSeconds(random.Next(6) == 0 ? random.Next(-600, 100) : random.Next(-30, 3));
            switch (random.Next(6))
            {
                case 0 or 1:
                    var prediction = new PredictionPoint(random.Next(65) / 64.0, random.Next(65) / 64.0, random.Next(2) == 0);
                    series.AddPrediction(time, prediction, now).ShouldBe(oracle.Add(time, now, new(prediction)));
                    break;
                case 2:
                    var label = new LabelPoint(random.Next(65) / 64.0, Math.Pow(2, -random.Next(7)), random.Next(2) == 0);
                    labels.Add((time, label));
                    series.AddLabel(time, label, now).ShouldBe(oracle.Add(time, now, new(Label: label)));
                    break;
                case 3 when labels.Count > 0 && !jumps:
                    // A label is taken back only where it was counted, as the queue's history makes sure.
                    var (at, removed) = labels[^1];
                    labels.RemoveAt(labels.Count - 1);
                    var held = oracle.Add(at, now, new(Label: removed, IsRemoval: true));
                    series.RemoveLabel(at, removed, now).ShouldBe(held);
                    break;
                case 4:
                    series.AddRequest(time, now).ShouldBe(oracle.Add(time, now, new(Requests: 1)));
                    break;
                default:
                    var delta = random.Next(2) == 0 ? 1 : -1;
                    series.AddUnanswered(time, delta, now).ShouldBe(oracle.Add(time, now, new(Unanswered: delta)));
                    break;
            }

            if (step % 5 == 0)
            {
                var end = random.Next(3) == 0 ? now.AddSeconds(random.Next(-400, 50)) : now;
                for (var w = 0; w < Lengths.Length; w++)
                {
                    // Of a window that ended earlier, only what a present window still reaches is sure to be there.
                    var count = series.CopyWindow(w, end, buckets);
                    var expected = oracle.Window(w, end);
                    var live = jumps ? expected : [.. expected.Where(b => b.Start + b.Width > now - Lengths[w])];
                    var actual = buckets[..count];
                    (jumps ? actual : [.. actual.Where(b => b.Start + b.Width > now - Lengths[w])]).ShouldBe(live);
                }
            }
        }
    }

    private static DateTimeOffset Advance(DateTimeOffset now, Random random, bool jumps)
    {
        if (jumps && random.Next(50) == 0)
        {
            TimeSpan[] jump = [TimeSpan.FromDays(3), TimeSpan.FromDays(-3), TimeSpan.FromSeconds(-45), TimeSpan.FromMinutes(4), Start - now];
            return now + jump[random.Next(jump.Length)];
        }

        return now.AddMilliseconds(random.Next(0, 2_000));
    }
}
