using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Scoring.Tests;

public class CalibratedScoreScorerTests
{
    [Fact]
    public void The_largest_probability_is_calibrated_and_members_there_are_none()
    {
        using var scorer = new CalibratedScoreScorer(new ScoreCalibration(2, -1), "c-1");
        float[] rows = [0.8f, 0.15f, 0.05f, 0.1f, 0.2f, 0.7f];
        var (logits, disagreements) = (new float[2], new float[] { 9, 9 });

        scorer.Score(rows, 2, 3, logits, disagreements);

        logits[0].ShouldBe((float)((2 * Math.Log(0.8 / 0.2)) - 1), 1e-5f);
        logits[1].ShouldBe((float)((2 * Math.Log(0.7 / 0.3)) - 1), 1e-5f);
        disagreements.ShouldBe([0, 0]);
        (scorer.Version, scorer.Kind, scorer.ClassCount, scorer.Metadata).ShouldBe(("c-1", "calibrated-score", null, null));
    }

    [Theory]
    [InlineData(1f, 0f)]
    [InlineData(0.5f, 0.5f)]
    public void Certainty_and_ignorance_give_finite_logits(float first, float second)
    {
        using var scorer = new CalibratedScoreScorer(ScoreCalibration.Identity, "c-1");
        var logits = new float[1];
        scorer.Score([first, second], 1, 2, logits, new float[1]);
        float.IsFinite(logits[0]).ShouldBeTrue();
    }
}
