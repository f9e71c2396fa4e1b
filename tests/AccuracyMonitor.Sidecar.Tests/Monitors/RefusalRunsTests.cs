using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Sidecar.Monitors;
using AccuracyMonitor.Storage.Monitors;

namespace AccuracyMonitor.Sidecar.Tests.Monitors;

public sealed class RefusalRunsTests
{
    private readonly RefusalRuns _runs = new();

    [Fact]
    public void A_refusal_is_logged_when_its_reason_differs_from_that_of_the_one_before()
    {
        var logged = Enumerable.Range(0, 56).Select(i => Next(PromotionObstacle.Improvement, $"{i} labels")).ToList();

        logged.ShouldBe([0, .. Enumerable.Repeat((int?)null, 55)]);
        Next(PromotionObstacle.Evidence, "e").ShouldBe(55, "as many were only counted");
        Next(PromotionObstacle.Improvement, "i").ShouldBe(0);
    }

    [Fact]
    public void A_promotion_is_always_logged_and_ends_the_run()
    {
        Next(PromotionObstacle.Evidence, "e");
        Next(PromotionObstacle.Evidence, "e");
        _runs.Next(PromotionKind.Recalibration, new PromotionVerdict(true, 1, 0.5, 0, 100, 99, "better")).ShouldBe(1);
        Next(PromotionObstacle.Evidence, "e").ShouldBe(0);
    }

    [Fact]
    public void Recalibration_and_fine_tuning_have_runs_of_their_own()
    {
        Next(PromotionObstacle.Evidence, "e").ShouldBe(0);
        _runs.Next(PromotionKind.FineTuning, Refusal(PromotionObstacle.Evidence, "e")).ShouldBe(0);
    }

    private static PromotionVerdict Refusal(PromotionObstacle obstacle, string reason) => new(false, 1, 1, 0, 100, 0, reason) { Obstacle = obstacle };

    private int? Next(PromotionObstacle obstacle, string reason) => _runs.Next(PromotionKind.Recalibration, Refusal(obstacle, reason));
}
