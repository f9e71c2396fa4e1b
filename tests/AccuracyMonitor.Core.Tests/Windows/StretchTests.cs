using AccuracyMonitor.Core.Windows;
using CsCheck;

namespace AccuracyMonitor.Core.Tests.Windows;

public class StretchTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000).AddSeconds(17);
    private static readonly TimeSpan[] Windows = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(7), TimeSpan.FromHours(1)];

    private static readonly Gen<(double Ago, double Score)[]> Predictions =
        Gen.Select(Gen.Double[-90, 4000], Gen.Double[0, 1], (ago, score) => (ago, score)).Array[1, 60];

    [Fact]
    public void AddPredictions_SumsOfOneStretch_CountAsEachAlone() => Predictions.Sample(predictions =>
    {
        var (each, together) = (new WindowSeries(Windows, 13), new WindowSeries(Windows, 13));
        foreach (var group in predictions.GroupBy(p => together.Stretch(At(p.Ago))))
        {
            var sums = default(PredictionSums);
            foreach (var p in group)
            {
                group.Key.Contains(At(p.Ago)).ShouldBeTrue();
                each.AddPrediction(At(p.Ago), Point(p.Score), Now).ShouldBe(together.Takes(At(p.Ago), Now));
                sums.Add(Point(p.Score));
            }

            together.AddPredictions(At(group.First().Ago), sums, Now);
        }

        for (var window = 0; window < Windows.Length; window++)
        {
            var (expected, actual) = (new Bucket[each.MaxBuckets], new Bucket[each.MaxBuckets]);
            var count = each.CopyWindow(window, Now, expected);
            together.CopyWindow(window, Now, actual).ShouldBe(count);
            for (var b = 0; b < count; b++)
            {
                actual[b].Start.ShouldBe(expected[b].Start);
                actual[b].Predictions.Count.ShouldBe(expected[b].Predictions.Count);
                actual[b].Predictions.Score.ShouldBe(expected[b].Predictions.Score, 1e-9);
                actual[b].Predictions.CoveredScoreSquared.ShouldBe(expected[b].Predictions.CoveredScoreSquared, 1e-9);
            }
        }
    });

    [Fact]
    public void Stretch_JustOutsideIt_IsAnotherBucketOfSomeWindow() => Gen.Double[0, 4000].Sample(ago =>
    {
        var series = new WindowSeries(Windows, 13);
        var stretch = series.Stretch(At(ago));

        series.Stretch(new DateTimeOffset(stretch.UntilTicks, TimeSpan.Zero)).FromTicks.ShouldBe(stretch.UntilTicks);
        series.Stretch(new DateTimeOffset(stretch.FromTicks - 1, TimeSpan.Zero)).UntilTicks.ShouldBe(stretch.FromTicks);
    });

    [Fact]
    public void Within_is_what_both_have_in_common()
    {
        new TimeStretch(10, 30).Within(new TimeStretch(20, 40)).ShouldBe(new TimeStretch(20, 30));
        new TimeStretch(20, 40).Within(new TimeStretch(10, 30)).ShouldBe(new TimeStretch(20, 30));
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(19, true)]
    [InlineData(20, false)]
    public void Contains_the_first_tick_and_not_the_one_after_the_last(long ticks, bool contains) =>
        new TimeStretch(10, 20).Contains(new DateTimeOffset(ticks, TimeSpan.Zero)).ShouldBe(contains);

    private static DateTimeOffset At(double ago) => Now.AddSeconds(-ago);

    private static PredictionPoint Point(double score) => new(score, 0.9, Covered: true);
}
