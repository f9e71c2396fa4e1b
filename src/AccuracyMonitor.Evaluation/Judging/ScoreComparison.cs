using AccuracyMonitor.Core.Evaluation;
using AccuracyMonitor.Evaluation.Judging.Windows;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>How well correctness scores rank a condition's predictions: the deployed model's own, the monitor's, and the monitor's after labels.</summary>
internal sealed class ScoreComparison(TraceCondition condition)
{
    private const string MaxSoftmax = "max-softmax";
    private const string Monitor = "monitor";
    private const string Recalibrated = "recalibrated";
    private const int Bins = 15;
    private readonly List<ScoreResult> _recalibrated = [];
    private double[]? _lastScores;
    private int[] _lastRows = [];

    /// <summary>A head's scores on rows that it was not fitted on.</summary>
    public void AddRecalibrated(double[] scores, int[] rows)
    {
        var kept = rows.Select(row => scores[row]).ToArray();
        _recalibrated.Add(Measure(Recalibrated, kept, [.. rows.Select(row => condition.Correct[row])]));
        (_lastScores, _lastRows) = (scores, rows);
    }

    public IReadOnlyList<ScoreResult> Results()
    {
        List<ScoreResult> results = [Measure(MaxSoftmax, condition.Confidences, condition.Correct), Measure(Monitor, condition.Scores, condition.Correct)];
        if (_recalibrated.Count > 0)
        {
            results.Add(new ScoreResult(
                Recalibrated, _recalibrated.Average(r => r.Auroc), _recalibrated.Average(r => r.ErrorAveragePrecision),
                _recalibrated.Average(r => r.FalsePositiveRate)));
        }

        return results;
    }

    public IReadOnlyList<ScoreBin> Reliability()
    {
        var bins = Of(MaxSoftmax, condition.Confidences, condition.Correct).Concat(Of(Monitor, condition.Scores, condition.Correct));
        return _lastScores is { } scores
            ? [.. bins, .. Of(Recalibrated, [.. _lastRows.Select(row => scores[row])], [.. _lastRows.Select(row => condition.Correct[row])])]
            : [.. bins];
    }

    private static IEnumerable<ScoreBin> Of(string score, double[] scores, bool[] correct) => scores.Length == 0
        ? []
        : Yardsticks.Reliability.Bins(scores, correct, Math.Min(Bins, scores.Length)).Select(b => new ScoreBin(score, b.Score, b.Accuracy, b.Count));

    private static ScoreResult Measure(string name, double[] scores, bool[] correct) => new(
        name, RankingMetrics.Auroc(scores, correct), RankingMetrics.ErrorAveragePrecision(scores, correct), RankingMetrics.FalsePositiveRate(scores, correct));
}
