using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Sidecar.Estimation;

namespace AccuracyMonitor.Sidecar.Tests.Estimation;

public sealed class EstimateHistoryTests
{
    [Fact]
    public void The_history_reaches_from_the_first_point_to_the_last_within_its_bound()
    {
        var history = new EstimateHistory();
        var start = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var estimate = WindowEstimator.Estimate([], monitorValid: false, new EstimatorOptions());
        for (var second = 0; second < 100_000; second++)
        {
            history.Add(start.AddSeconds(second), estimate);
            history.Points.Count.ShouldBeLessThanOrEqualTo(EstimateHistory.MaxPoints);
        }

        history.Points[0].At.ShouldBe(start);
        (start.AddSeconds(99_999) - history.Points[^1].At).ShouldBeLessThan(TimeSpan.FromSeconds(2 * 100_000 / (EstimateHistory.MaxPoints / 2)));
        history.Points.Zip(history.Points.Skip(1)).ShouldAllBe(p => p.Second.At > p.First.At);
        history.Points.Count.ShouldBeGreaterThan(EstimateHistory.MaxPoints / 3);
    }
}
