using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Core.Tests;

public sealed class CorrectnessScoreTests
{
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(40, 0.99999916847197223)]
    [InlineData(-40, 8.3152802766413209e-07)]
    [InlineData(double.PositiveInfinity, 0.99999916847197223)]
    public void A_score_is_never_certain(double logit, double score) => CorrectnessScore.FromLogit(logit).ShouldBe(score, 1e-15);

    [Fact]
    public void The_score_of_a_head_is_held_too() =>
        new RecalibrationHead { Scale = 1, Shift = 25 }.Score(0, [0.5f, 0.5f], 0).ShouldBe(CorrectnessScore.FromLogit(CorrectnessScore.MaxLogit));
}
