using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.LabelFree;

namespace AccuracyMonitor.Evaluation.Tests.LabelFree;

public class ThresholdedConfidenceTests
{
    private static readonly LabelledReference Reference =
        Some.Reference((0.95f, true), (0.6f, false), (0.8f, true), (0.7f, true));

    [Fact]
    public void Atc_mc_by_hand() =>

        // One error: the cut is 0.7, the second lowest. Above it or at it: 0.7, 0.99, 0.2 (confidence 0.8).
        ThresholdedConfidence.OfMaximum(Reference).Estimate(Some.Window(0.7f, 0.99f, 0.69f, 0.2f)).ShouldBe(0.75);

    [Fact]
    public void Atc_ne_by_hand()
    {
        // Entropies of two classes fall with the confidence whatever the temperature, so the cut is the same row.
        var estimator = ThresholdedConfidence.OfNegativeEntropy(Reference, Temperature.Fit(Reference));
        estimator.Estimate(Some.Window(0.7f, 0.99f, 0.69f, 0.2f)).ShouldBe(0.75);
    }

    [Fact]
    public void Atc_ne_applies_the_temperature_it_was_given()
    {
        // Three classes, where the order of entropies depends on the temperature: cold, the leading pair's evenness decides; hot, the third.
        float[] even = [0.5f, 0.49f, 0.01f];
        float[] spread = [0.6f, 0.2f, 0.2f];
        var reference = new LabelledReference(new ReferenceSet([.. even, .. spread], [0, 1], 3));
        var window = new SoftmaxOutputs(spread, 3);

        // At 1/T = 1 the spread row has the higher entropy, at 1/T = 10 the even one.
        ThresholdedConfidence.OfNegativeEntropy(reference, new Temperature(1)).Estimate(window).ShouldBe(0);
        ThresholdedConfidence.OfNegativeEntropy(reference, new Temperature(10)).Estimate(window).ShouldBe(1);
    }

    [Fact]
    public void Saturated_rows_tie_whichever_class_they_are_sure_of()
    {
        float[] rows = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0];
        var reference = new LabelledReference(new ReferenceSet(rows, [0, 1, 2, 0], 3));
        var window = new SoftmaxOutputs([0, 0, 1], 3);
        ThresholdedConfidence.OfMaximum(reference).Estimate(window).ShouldBe(0.75);
        ThresholdedConfidence.OfNegativeEntropy(reference, new Temperature(0.3)).Estimate(window).ShouldBe(0.75);
    }
}
