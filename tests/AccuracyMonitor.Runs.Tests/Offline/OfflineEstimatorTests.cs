using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Evaluation.Traces.Tables;
using AccuracyMonitor.Runs.Offline;

namespace AccuracyMonitor.Runs.Tests.Offline;

public sealed class OfflineEstimatorTests
{
    private static readonly Dictionary<string, double> None = new(StringComparer.Ordinal);
    private readonly SyntheticRows _rows = new(1000, seed: 5, overconfidence: 0.1);

    [Fact]
    public void AllLabelled_IsCounted()
    {
        var estimate = Estimate(None, _ => true, hasInclusion: false, declaredRandom: false);

        estimate.Basis.ShouldBe(EstimateBasis.AllLabelled);
        estimate.Value.ShouldBe(_rows.Accuracy, 1e-12);
        estimate.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(9, "wilson")]
    [InlineData(200, "audited")]
    public void DeclaredRandom_IsAuditedFromTenLabelsOn(int labels, string method)
    {
        var estimate = Estimate(None, id => int.Parse(id[1..], null) < labels, hasInclusion: false, declaredRandom: true);

        (estimate.Basis, estimate.Method).ShouldBe((EstimateBasis.DeclaredRandom, method));
        estimate.Lower.ShouldBeLessThan(_rows.Accuracy);
        estimate.Upper.ShouldBeGreaterThan(_rows.Accuracy);
    }

    [Fact]
    public void ManyLabels_AreUsedWithoutFittingThem()
    {
        var rows = new SyntheticRows(9000, seed: 6, overconfidence: 0.1);
        using var scorer = RowScorer.Of(null);
        var estimator = new OfflineEstimator(hasInclusion: false, declaredRandom: true);
        foreach (var row in rows.With(None, id => int.Parse(id[1..], null) % 2 == 0))
        {
            estimator.Take(row);
        }

        var estimate = estimator.Finish(scorer, 0.95);

        estimate.Labels.ShouldBeGreaterThan(LabelledSums.MostFitted);
        estimate.Value.ShouldBe(rows.Accuracy, 0.015);
    }

    [Fact]
    public void FewDrawnLabels_GiveNoNumber() =>
        Should.Throw<TraceFileException>(() => Estimate(Drawn(50), id => id.Length == 2 && id != "r0", hasInclusion: true, declaredRandom: false))
            .Message.ShouldBe("9 of the 50 drawn rows have a label; an estimate needs at least 10. Label more of them, from the top of the sheet.");

    [Fact]
    public void NoLabel_GivesNoNumber() =>
        Should.Throw<TraceFileException>(() => Estimate(None, _ => false, hasInclusion: false, declaredRandom: false))
            .Message.ShouldStartWith("No prediction has a label");

    [Fact]
    public void Warnings_OfDrawnRows_TellWhatTheEstimateLeavesOutAndWhatDoesNotFit()
    {
        // 100 rows of probability 1/2 stand for 200 predictions, not for 1000.
        var drawn = Enumerable.Range(1, 100).ToDictionary(i => $"r{i}", _ => 0.5, StringComparer.Ordinal);

        var estimate = Estimate(drawn, id => id == "r0" || (id.Length == 3 && id[0] == 'r'), hasInclusion: true, declaredRandom: true);

        estimate.Labels.ShouldBe(90);
        estimate.Drawn.ShouldBe(100);
        string.Join('\n', estimate.Warnings).ShouldSatisfyAllConditions(
            w => w.ShouldContain("--labels-are random is not used"),
            w => w.ShouldContain("1 labels have no 'inclusion_probability'"),
            w => w.ShouldContain("10 of the 100 drawn rows have no label"),
            w => w.ShouldContain("stand for 200 predictions, and there are 1,000"));
    }

    private static Dictionary<string, double> Drawn(int count) =>
        Enumerable.Range(1, count).ToDictionary(i => $"r{i}", _ => count / 1000.0, StringComparer.Ordinal);

    private OfflineEstimate Estimate(Dictionary<string, double> drawn, Func<string, bool> isLabelled, bool hasInclusion, bool declaredRandom)
    {
        using var scorer = RowScorer.Of(null);
        var estimator = new OfflineEstimator(hasInclusion, declaredRandom);
        foreach (var row in _rows.With(drawn, isLabelled))
        {
            estimator.Take(row);
        }

        return estimator.Finish(scorer, 0.95);
    }
}
