using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Judging;
using AccuracyMonitor.Evaluation.LabelFree;

namespace AccuracyMonitor.Evaluation.Tests.LabelFree;

public class LabelFreeEstimatorsTests
{
    private static readonly ReferenceSet Usual = Some.Draw(1, 400, 3);

    private static readonly Dictionary<string, ReferenceSet> References = new(StringComparer.Ordinal)
    {
        ["usual"] = Usual,
        ["all right"] = Usual with { Labels = new LabelledReference(Usual).Predicted },
        ["all wrong"] = Usual with { Labels = [.. new LabelledReference(Usual).Predicted.Select(k => (k + 1) % 3)] },
        ["an empty class"] = Usual with { Labels = [.. Usual.Labels.Select(k => Math.Min(k, 1))] },
        ["one class"] = Usual with { Labels = new int[400] },
        ["one row, right"] = new([0.2f, 0.3f, 0.5f], [2], 3),
        ["one row, wrong"] = new([0.2f, 0.3f, 0.5f], [0], 3),
        ["saturated"] = new([1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 1, 1, 2], 3),
        ["saturated, all wrong"] = new([1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], [1, 1, 0, 0], 3),
        ["uniform"] = new([.. Enumerable.Repeat(1f / 3, 12)], [0, 1, 2, 0], 3),
        ["two classes"] = Some.Draw(2, 100, 2),
        ["two classes, saturated"] = new([1, 0, 1, 0, 0, 1], [0, 1, 1], 2),
    };

    public static TheoryData<string> Cases => [.. References.Keys];

    [Fact]
    public void Fit_gives_every_method_in_the_order_of_the_reference_page() =>
        EstimatorTable.Fit(Usual).Select(e => e.Name).ShouldBe(
        [
            "ac", "ts-ac", "doc", "atc-mc", "atc-ne", "im", "cbpe", "cot", "cott", "mandoline", "nuclear-norm", "mano", "calibrated-score",
        ]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Estimate_degenerate_input_is_a_share(string name)
    {
        var reference = References[name];
        var k = reference.ClassCount;
        float[] sure = [1, .. new float[k - 1]];
        float[] other = [.. new float[k - 1], 1];
        float[] even = [.. Enumerable.Repeat(1f / k, k)];
        float[][] windows =
        [
            sure, other, even, [.. sure, .. sure, .. sure, .. other], [.. even, .. even], reference.Probabilities, Some.Draw(9, 50, k).Probabilities,
        ];
        foreach (var estimator in EstimatorTable.Fit(reference))
        {
            foreach (var window in windows)
            {
                var estimate = estimator.Estimate(new SoftmaxOutputs(window, k));
                if (estimate is null)
                {
                    estimator.Name.ShouldBe("im");
                }
                else
                {
                    estimate.Value.ShouldBeInRange(0, 1, $"{estimator.Name}, window of {window.Length / k}");
                }
            }

            estimator.Estimate(new SoftmaxOutputs([], k)).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData("all right", 1)]
    [InlineData("all wrong", 0)]
    public void Estimate_of_a_reference_set_without_one_outcome_is_that_outcome(string name, double accuracy)
    {
        // These are fitted to right and wrong; the others are fitted to the classes, or to nothing.
        string[] fitted = ["doc", "atc-mc", "atc-ne", "im", "cott", "mandoline", "nuclear-norm", "mano", "calibrated-score"];
        foreach (var estimator in EstimatorTable.Fit(References[name]).Where(e => fitted.Contains(e.Name)))
        {
            estimator.Estimate(new SoftmaxOutputs(Usual.Probabilities, 3))!.Value.ShouldBe(accuracy, 0.02, estimator.Name);
        }
    }

    [Fact]
    public void Estimate_is_the_same_in_any_order_of_the_window_and_of_the_reference_set()
    {
        var window = Some.Draw(4, 300, 3);
        var order = Enumerable.Range(0, 300).OrderBy(i => i * 37 % 300).ToArray();
        var mixed = new SoftmaxOutputs([.. order.SelectMany(i => window.Row(i).ToArray())], 3);
        foreach (var estimator in EstimatorTable.Fit(Usual))
        {
            estimator.Estimate(mixed)!.Value.ShouldBe(estimator.Estimate(new(window.Probabilities, 3))!.Value, 1e-9, estimator.Name);
        }
    }

    [Fact]
    public void Estimate_on_unshifted_data_is_near_the_accuracy_for_every_method_that_is_calibrated()
    {
        // Overconfident by a factor of two in the logits; three standard errors of 6,000 rows are 0.02. Uncorrected: ac and cot.
        var window = Some.Draw(6, 6_000, 4, trust: 0.5);
        var truth = new LabelledReference(window).Accuracy;
        foreach (var estimator in EstimatorTable.Fit(Some.Draw(5, 6_000, 4, trust: 0.5)).Where(e => e.Name is not ("ac" or "cot")))
        {
            estimator.Estimate(new SoftmaxOutputs(window.Probabilities, 4))!.Value.ShouldBe(truth, 0.03, estimator.Name);
        }
    }

    [Fact]
    public void Estimate_from_many_threads_is_the_same()
    {
        var estimators = EstimatorTable.Fit(Usual);
        var window = new SoftmaxOutputs(Some.Draw(7, 200, 3).Probabilities, 3);
        var expected = estimators.Select(e => e.Estimate(window)).ToArray();
        Parallel.For(0, 32, _ => estimators.Select(e => e.Estimate(window)).ShouldBe(expected));
    }

    [Fact]
    public void Bad_input_is_refused_with_its_place_and_bound()
    {
        Should.Throw<ArgumentException>(() => EstimatorTable.Fit(new ReferenceSet([], [], 3))).Message.ShouldContain("at least one row");
        Should.Throw<ArgumentException>(() => EstimatorTable.Fit(new ReferenceSet([1, 0], [2], 2))).Message.ShouldContain("label 2 is outside 0…1");
        Should.Throw<ArgumentException>(() => EstimatorTable.Fit(new ReferenceSet([1, 0, 0, 1], [0], 2)));
        foreach (var estimator in EstimatorTable.Fit(Usual))
        {
            Should.Throw<ArgumentException>(() => estimator.Estimate(new SoftmaxOutputs([1, 0], 2))).Message.ShouldContain("2 classes");
            Should.Throw<ArgumentException>(() => estimator.Estimate(new SoftmaxOutputs([1, 0, 0, 1, float.NaN, 0], 3)))
                .Message.ShouldContain("Row 1: probability NaN is outside [0, 1]");
            Should.Throw<ArgumentException>(() => estimator.Estimate(new SoftmaxOutputs([1, 0], 3)));
        }
    }
}
