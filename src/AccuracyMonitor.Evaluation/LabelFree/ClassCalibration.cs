using AccuracyMonitor.Core.Evaluation;
using AccuracyMonitor.Evaluation.Yardsticks;

namespace AccuracyMonitor.Evaluation.LabelFree;

/// <summary>Decides for one class against the rest whether its probability needs calibration, and fits it if so.</summary>
internal static class ClassCalibration
{
    private const double SeparatedAuroc = 0.999;
    private const int MaxFolds = 5;

    /// <summary>
    /// An isotonic fit where it lowers the expected calibration error (ten bins of equal mass) on rows it was not fitted to, in a
    /// cross-validation of at most five folds stratified by outcome; null where it does not, where the class is always or never the label,
    /// where the AUROC is above 0.999, or where one of the outcomes has fewer than two rows.
    /// </summary>
    /// <param name="scores">The class's probability, a row each.</param>
    /// <param name="hits">Whether it was the label.</param>
    public static IsotonicFit? Fit(double[] scores, bool[] hits)
    {
        var positive = hits.Count(h => h);
        var folds = Math.Min(MaxFolds, Math.Min(positive, hits.Length - positive));
        if (folds < 2 || RankingMetrics.Auroc(scores, hits) > SeparatedAuroc)
        {
            return null;
        }

        // The j-th hit and the j-th miss go to fold j mod folds.
        var fold = new int[hits.Length];
        var (hit, miss) = (0, 0);
        for (var i = 0; i < hits.Length; i++)
        {
            fold[i] = (hits[i] ? hit++ : miss++) % folds;
        }

        var gain = 0.0;
        for (var f = 0; f < folds; f++)
        {
            var (fitScores, fitHits) = Rows(scores, hits, fold, j => j != f);
            var (testScores, testHits) = Rows(scores, hits, fold, j => j == f);
            var fit = new IsotonicFit(fitScores, fitHits);
            gain += Reliability.ExpectedCalibrationError(testScores, testHits)
                - Reliability.ExpectedCalibrationError(Array.ConvertAll(testScores, fit.At), testHits);
        }

        return gain > 0 ? new IsotonicFit(scores, hits) : null;
    }

    private static (double[] Scores, bool[] Hits) Rows(double[] scores, bool[] hits, int[] fold, Func<int, bool> wanted)
    {
        var rows = Enumerable.Range(0, hits.Length).Where(i => wanted(fold[i])).ToArray();
        return (Array.ConvertAll(rows, i => scores[i]), Array.ConvertAll(rows, i => hits[i]));
    }
}
