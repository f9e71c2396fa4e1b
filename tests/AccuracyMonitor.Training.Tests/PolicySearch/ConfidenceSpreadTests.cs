using AccuracyMonitor.Training.PolicySearch;

namespace AccuracyMonitor.Training.Tests.PolicySearch;

public class ConfidenceSpreadTests
{
    [Fact]
    public void Confidence_is_of_what_came_true_where_it_was_foreseen_and_classes_without_such_a_sample_are_left_out()
    {
        // Scores 0.8, 0.4, 0.3 and 0.9; the last is wrong about its prediction.
        double[] logits = [Math.Log(4), Math.Log(2.0 / 3), Math.Log(3.0 / 7), Math.Log(9)];
        var spread = ConfidenceSpread.Of(logits, [true, false, false, false], [0, 0, 3, 7]);

        spread.Average.ShouldBe((0.8 + 0.6 + 0.7) / 3, 1e-12);
        spread.Deviation.ShouldBe(Math.Sqrt(((0.1 * 0.1) + (0.1 * 0.1)) / 3), 1e-12);

        // Class 0: mean 0.7; class 3: 0.7; class 7 has none.
        spread.AcrossClasses.ShouldBe(0, 1e-12);
    }
}
