using AccuracyMonitor.Evaluation.LabelFree;

namespace AccuracyMonitor.Evaluation.Tests.LabelFree;

public class ConfidenceMethodsTests
{
    private static readonly LabelledReference Reference =
        Some.Reference((0.95f, true), (0.92f, false), (0.65f, true), (0.61f, false), (0.62f, false));

    [Fact]
    public void Ac_by_hand() => new AverageConfidence(Reference).Estimate(Some.Window(0.9f, 0.3f))!.Value.ShouldBe(0.8, 1e-7);

    [Fact]
    public void Ts_ac_by_hand() =>

        // Odds 9 and 4, with 1/T = ½ odds 3 and 2.
        new ScaledConfidence(Reference, new Temperature(0.5)).Estimate(Some.Window(0.9f, 0.2f))!.Value
            .ShouldBe((0.75 + (2.0 / 3)) / 2, 1e-6);

    [Fact]
    public void Doc_by_hand() =>

        // Accuracy 0.4 at a mean confidence of 0.75; the window's is 0.85.
        new DifferenceOfConfidences(Reference).Estimate(Some.Window(0.9f, 0.2f))!.Value.ShouldBe(0.5, 1e-6);

    [Fact]
    public void Doc_stays_a_share() => new DifferenceOfConfidences(Some.Reference((0.6f, true))).Estimate(Some.Window(0.99f)).ShouldBe(1);

    [Fact]
    public void Im_by_hand() =>

        // In [0.9, 1] one of two was right, in [0.6, 0.7) one of three; the window has one and two rows there.
        new ImportanceReweighting(Reference).Estimate(Some.Window(0.99f, 0.65f, 0.35f))!.Value.ShouldBe((0.5 + (2.0 / 3)) / 3, 1e-12);

    [Fact]
    public void Im_leaves_out_what_the_reference_set_has_no_bin_for()
    {
        var estimator = new ImportanceReweighting(Reference);
        estimator.Estimate(Some.Window(0.99f, 0.75f)).ShouldBe(0.5);
        estimator.Estimate(Some.Window(0.75f)).ShouldBeNull();
        estimator.Estimate(Some.Window(1f)).ShouldBe(0.5);
    }

    [Fact]
    public void Im_is_the_self_normalised_weighted_mean()
    {
        // The formula itself: w = target density / reference density of the bin, over the reference rows.
        var set = Some.Draw(3, 2_000, 3);
        var reference = new LabelledReference(set);
        var window = new SoftmaxOutputs(Some.Draw(4, 500, 3, spread: 5).Probabilities, 3);
        int Bin(float c) => Math.Min(9, (int)(c * 10));
        var target = Enumerable.Range(0, 500).GroupBy(i => Bin(window.Row(i).ToArray().Max())).ToDictionary(g => g.Key, g => g.Count() / 500.0);
        var source = reference.Confidence.GroupBy(Bin).ToDictionary(g => g.Key, g => g.Count() / 2_000.0);
        var weights = reference.Confidence.Select(c => target.GetValueOrDefault(Bin(c)) / source[Bin(c)]).ToArray();
        var expected = weights.Zip(reference.Correct, (w, y) => y ? w : 0).Sum() / weights.Sum();

        new ImportanceReweighting(reference).Estimate(window)!.Value.ShouldBe(expected, 1e-12);
    }

    [Fact]
    public void Calibrated_score_meets_the_reference_sets_accuracy()
    {
        // The likelihood equation of the shift; the prior is wide.
        var reference = new LabelledReference(Some.Draw(5, 4_000, 4, trust: 0.5));
        new MeanCalibratedScore(reference).Estimate(reference.Outputs)!.Value.ShouldBe(reference.Accuracy, 1e-3);
    }
}
