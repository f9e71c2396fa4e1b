using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Recalibration;
using AccuracyMonitor.Evaluation.Traces;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Ternary;

namespace AccuracyMonitor.Runs.Training;

/// <summary>Tables of how well correctness scores do.</summary>
internal static class ScoreTables
{
    /// <summary>A monitor's score beside the maximum softmax as it is, and calibrated, on outputs that no training saw.</summary>
    public static SummaryTable OfTraining(TrainedMonitor monitor, ReferenceSet train, ReferenceSet test, TraceFile trace)
    {
        using var ensemble = EnsembleScorer.Load(monitor.Onnx, new ScorerOptions(ExecutionProvider.Cpu));
        using var calibrated = new CalibratedScoreScorer(ScoreCalibration.Fit(train), "calibrated");
        using var softmax = new CalibratedScoreScorer(ScoreCalibration.Identity, "softmax");
        (string Name, IMonitorScorer Scorer)[] scorers = [("monitor", ensemble), ("calibrated", calibrated), ("softmax", softmax)];
        List<string[]> rows = [];
        Add(rows, "held out", test, scorers);
        var shifts = new List<ReferenceSet>();
        foreach (var condition in trace.Conditions.Where(c => c != TraceFile.Reference))
        {
            if (condition == "clean")
            {
                Add(rows, condition, trace.Load(condition), scorers);
            }
            else
            {
                shifts.Add(trace.Load(condition));
            }
        }

        if (shifts.Count > 0)
        {
            AddMean(rows, $"{shifts.Count} shifts", shifts, scorers);
        }

        return new SummaryTable("", ["outputs", "n", "truth", "score", "AUROC", "log-loss", "Brier", "mean"], rows);
    }

    /// <summary>One row for each monitor.</summary>
    public static SummaryTable Of(params ReadOnlySpan<(string Name, ScoreMetrics Metrics)> monitors)
    {
        List<string[]> rows = [];
        foreach (var (name, m) in monitors)
        {
            rows.Add([name, $"{m.Auroc:0.0000}", $"{m.LogLoss:0.0000}", $"{m.Brier:0.0000}", $"{Math.Abs(m.MeanScore - m.Accuracy):0.0000}"]);
        }

        return new SummaryTable("", ["monitor", "AUROC", "log-loss", "Brier", "estimate error"], rows);
    }

    /// <summary>A ternary monitor beside what it was made of.</summary>
    public static SummaryTable Of(TernaryResult result) => new(
        "",
        ["form", "held-out loss", "AUROC", "log-loss", "Brier", "estimate error", "weights, bytes", "with biases"],
        [.. new[] { result.Dense, result.Rounded, result.Refitted, result.Ternary }.Select(f => (string[])
        [
            f.Name, $"{f.HeldOutLoss:0.0000}", $"{f.Test.Auroc:0.0000}", $"{f.Test.LogLoss:0.0000}", $"{f.Test.Brier:0.0000}", $"{f.EstimateError:0.0000}",
            $"{f.WeightBytes:N0}", $"{f.PayloadBytes:N0}",
        ])]);

    private static void Add(List<string[]> rows, string name, ReferenceSet set, (string Name, IMonitorScorer Scorer)[] scorers) =>
        AddMean(rows, name, [set], scorers);

    private static void AddMean(List<string[]> rows, string name, IReadOnlyList<ReferenceSet> sets, (string Name, IMonitorScorer Scorer)[] scorers)
    {
        foreach (var (scorerName, scorer) in scorers)
        {
            var metrics = sets.Select(s => MonitorJudge.Of(scorer, s)).ToArray();
            rows.Add(
            [
                name,
                $"{sets.Sum(s => s.Count)}",
                $"{metrics.Average(m => m.Accuracy):0.000}",
                scorerName,
                Auroc(metrics),
                $"{metrics.Average(m => m.LogLoss):0.0000}",
                $"{metrics.Average(m => m.Brier):0.0000}",
                $"{metrics.Average(m => m.MeanScore):0.000}",
            ]);
        }
    }

    /// <summary>Over the sets that have right and wrong predictions; without both there is nothing to rank.</summary>
    private static string Auroc(ScoreMetrics[] metrics)
    {
        var ranked = metrics.Where(m => !double.IsNaN(m.Auroc)).ToArray();
        return ranked.Length == 0 ? metrics.All(m => m.Accuracy == 1) ? "– (all right)" : metrics.All(m => m.Accuracy == 0) ? "– (all wrong)"
            : "– (all right or all wrong)"
            : ranked.Length == metrics.Length ? $"{ranked.Average(m => m.Auroc):0.0000}"
            : $"{ranked.Average(m => m.Auroc):0.0000} ({ranked.Length} of {metrics.Length})";
    }
}
