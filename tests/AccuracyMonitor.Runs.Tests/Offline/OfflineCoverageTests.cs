using AccuracyMonitor.Runs.Offline;

namespace AccuracyMonitor.Runs.Tests.Offline;

/// <summary>What 'estimate' promises of labels that 'select' drew.</summary>
public sealed class OfflineCoverageTests
{
    private const int Repeats = 500;
    private const int RowCount = 1200;
    private const double Level = 0.95;

    /// <param name="share">Of the drawn rows, from the top of the sheet, that is labelled.</param>
    /// <param name="model">What the model's confidence is worth.</param>
    [Theory]
    [InlineData(1.0, "calibrated")]
    [InlineData(1.0, "confidently wrong")]
    [InlineData(0.5, "overconfident")]
    public void Intervals_OfDrawnLabels_ContainTheAccuracyAsOftenAsTheySay(double share, string model)
    {
        var rows = model == "confidently wrong" ? SyntheticRows.WithConfidentErrors(RowCount, seed: 11)
            : new SyntheticRows(RowCount, seed: 11, overconfidence: model == "calibrated" ? 0 : 0.2);
        using var scorer = RowScorer.Of(null);
        var (covered, error, square) = (0, 0.0, 0.0);
        for (ulong seed = 0; seed < Repeats; seed++)
        {
            var estimate = Estimate(rows, seed, share, scorer);
            covered += estimate.Lower <= rows.Accuracy && rows.Accuracy <= estimate.Upper ? 1 : 0;
            error += (estimate.Value - rows.Accuracy) / Repeats;
            square += Math.Pow(estimate.Value - rows.Accuracy, 2) / Repeats;
        }

        (covered / (double)Repeats).ShouldBeGreaterThanOrEqualTo(0.93, $"mean error {error}");
        Math.Abs(error).ShouldBeLessThan(4 * Math.Sqrt(square / Repeats));
    }

    [Fact]
    public void Share_OfRowsThatSomebodyChose_IsFarOff_AndSaysSo()
    {
        // Someone labels the rows that the model is least sure of.
        var rows = new SyntheticRows(RowCount, seed: 11, overconfidence: 0.2);
        var hard = rows.Unlabelled.OrderBy(r => r.Confidence).Take(100).Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        using var scorer = RowScorer.Of(null);
        var estimator = new OfflineEstimator(hasInclusion: false, declaredRandom: false);
        foreach (var row in rows.With(new Dictionary<string, double>(StringComparer.Ordinal), hard.Contains))
        {
            estimator.Take(row);
        }

        var estimate = estimator.Finish(scorer, Level);

        (rows.Accuracy - estimate.Value).ShouldBeGreaterThan(0.15);
        estimate.Basis.ShouldBe(EstimateBasis.Convenience);
        estimate.Warnings.Count.ShouldBe(2);
        estimate.Warnings[0].ShouldContain("--labels-are random");
        estimate.Warnings[1].ShouldStartWith("the labelled rows are unlike the others");
    }

    private static OfflineEstimate Estimate(SyntheticRows rows, ulong seed, double share, RowScorer scorer)
    {
        var selection = new RowSelection(RowCount, 120, seed);
        foreach (var row in rows.Unlabelled)
        {
            selection.Take(row);
        }

        var sheet = selection.InRandomOrder();
        var labelled = sheet.Take((int)(share * sheet.Count)).Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        var estimator = new OfflineEstimator(hasInclusion: true, declaredRandom: false);
        foreach (var row in rows.With(sheet.ToDictionary(r => r.Id, r => r.Inclusion, StringComparer.Ordinal), labelled.Contains))
        {
            estimator.Take(row);
        }

        return estimator.Finish(scorer, Level);
    }
}
