using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.LabelFree;

namespace AccuracyMonitor.Evaluation.Tests.LabelFree;

public class MandolineTests
{
    [Fact]
    public void Mandoline_by_hand()
    {
        // One confidence, so one decile: the predicted class alone tells rows apart, and its weights are the window's shares.
        float[] rows = [0.8f, 0.8f, 0.8f, 0.8f, 0.2f, 0.2f, 0.2f, 0.2f];
        var reference = new LabelledReference(new ReferenceSet(Some.Binary(rows), [0, 0, 0, 0, 1, 1, 0, 0], 2));

        // Class 0 was always right, class 1 half the time; the window has them three to one.
        new Mandoline(reference).Estimate(Some.Window(0.8f, 0.8f, 0.8f, 0.2f))!.Value.ShouldBe(0.875, 1e-3);
    }

    [Fact]
    public void The_reference_set_itself_needs_no_weights()
    {
        var reference = new LabelledReference(Some.Draw(1, 1_000, 4, trust: 0.6));
        new Mandoline(reference).Estimate(reference.Outputs)!.Value.ShouldBe(reference.Accuracy, 1e-9);
    }

    [Fact]
    public void A_shift_of_the_confidence_is_followed()
    {
        // P(right | confidence) is kept, as the method assumes; less sure rows are fewer right ones.
        var reference = new LabelledReference(Some.Draw(2, 20_000, 3, spread: 3));
        var shifted = Some.Draw(3, 20_000, 3, spread: 1.5);
        var truth = new LabelledReference(shifted).Accuracy;
        var estimate = new Mandoline(reference).Estimate(new SoftmaxOutputs(shifted.Probabilities, 3))!.Value;
        (reference.Accuracy - truth).ShouldBeGreaterThan(0.1);
        estimate.ShouldBe(truth, 0.03);
    }

    [Fact]
    public void A_class_that_the_reference_set_never_predicts_leaves_a_number() =>
        new Mandoline(Some.Reference((0.9f, true), (0.6f, false))).Estimate(Some.Window(0.05f, 0.1f))!.Value.ShouldBeInRange(0, 1);
}
