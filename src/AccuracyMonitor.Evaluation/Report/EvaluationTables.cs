using AccuracyMonitor.Evaluation.Judging;

namespace AccuracyMonitor.Evaluation.Report;

/// <summary>An evaluation as text. Bias, errors and widths are in points of accuracy.</summary>
internal static class EvaluationTables
{
    public static void Write(TextWriter output, EvaluationOptions settings, EvaluationResult result, bool pooledOnly)
    {
        if (!pooledOnly)
        {
            foreach (var condition in result.Conditions)
            {
                WriteCondition(output, condition);
            }
        }

        output.WriteLine(
            $"{settings.Budget} labels a window{(settings.Window is { } w ? $" of {w} predictions" : "")}, {settings.Repeats} windows a condition"
            + $"{(settings.EarlierLabels > 0 ? $", {settings.EarlierLabels} labels of earlier windows" : "")}, nominal {100 * (1 - settings.Alpha):0.#}%, "
                + $"seed {settings.Seed}. "
            + $"Bias, RMSE, MAE and width in points; MSE/uniform pooled over conditions.");
        foreach (var file in PooledResult.Of(result.Conditions, settings.Methods).GroupBy(p => p.File, StringComparer.Ordinal))
        {
            WritePooled(output, file.Key, [.. file]);
            WriteScores(output, [.. result.Conditions.Where(c => file.Key.Length == 0 || string.Equals(c.File, file.Key, StringComparison.Ordinal))]);
        }
    }

    public static void WriteAlarms(TextWriter output, IReadOnlyList<AlarmResult> alarms)
    {
        output.WriteLine();
        output.WriteLine(
            $"Alarms: share of streams of {AlarmSimulation.NullHorizon} labels (clean, covariate) or {AlarmSimulation.Horizon} (others) that fired, and "
                + $"labels to the alarm "
            + $"(median, 90 %) from a shift at the start, or after {AlarmSimulation.Quiet} clean labels. Objective: the clean accuracy less "
                + $"{100 * AlarmSimulation.AccuracyTolerance:0} points.");
        output.WriteLine($"{"file",-18} {"condition",-12} {"alarm",-9} {"quiet",5} {"fired",6} {"median",7} {"90 %",7}");
        foreach (var a in alarms)
        {
            output.WriteLine($"{a.File,-18} {a.Condition,-12} {a.Alarm,-9} {a.Quiet,5} {100 * a.Fired,5:F1}% {a.MedianDelay,7} {a.NinthDecileDelay,7}");
        }

        WriteMedians(output, alarms);
    }

    // Streams of all files alike: the median over files of a file's own.
    private static void WriteMedians(TextWriter output, IReadOnlyList<AlarmResult> alarms)
    {
        foreach (var group in alarms.GroupBy(a => (a.Condition, a.Alarm, a.Quiet)))
        {
            var delays = group.Select(a => a.MedianDelay).Order().ToArray();
            output.WriteLine(
                $"{"(median of files)",-18} {group.Key.Condition,-12} {group.Key.Alarm,-9} {group.Key.Quiet,5} {100 * group.Average(a => a.Fired),5:F1}% "
                    + $"{delays[delays.Length / 2],7}");
        }
    }

    private static void WriteCondition(TextWriter output, ConditionResult condition)
    {
        output.WriteLine($"{condition.File} / {condition.Condition}: n = {condition.Count}, K = {condition.Classes}, accuracy {condition.Accuracy:F4}");
        foreach (var (method, t) in condition.Methods)
        {
            output.WriteLine(
                $"  {method,-24} bias {100 * t.Bias,7:F2}  RMSE {100 * t.RootMeanSquareError,6:F2}  coverage {Percent(t.Coverage)}  width "
                    + $"{Points(t.MeanWidth)}  labels {t.Labels,7:F1}");
        }

        foreach (var s in condition.Scores)
        {
            output.WriteLine($"  score {s.Score,-18} AUROC {s.Auroc:F3}  AUPR-error {s.ErrorAveragePrecision:F3}  FPR at 95 % TPR {s.FalsePositiveRate:F3}");
        }

        output.WriteLine();
    }

    private static void WritePooled(TextWriter output, string file, IReadOnlyList<PooledResult> methods)
    {
        output.WriteLine();
        output.WriteLine($"{(file.Length == 0 ? "ALL FILES" : file)}, {methods.Max(m => m.Conditions)} conditions");
        output.WriteLine($"  {"method",-24} {"bias",7} {"RMSE",6} {"MAE",6} {"/uniform",8} {"worst",6} {"coverage",8} {"least",6} {"width",6} {"labels",7}");
        foreach (var m in methods)
        {
            output.WriteLine(
                $"  {m.Method,-24} {100 * m.Tally.Bias,7:F2} {100 * Math.Sqrt(m.MeanSquareError),6:F2} {100 * m.Tally.MeanAbsoluteError,6:F2} "
                    + $"{m.RatioToUniform,8:F3} {m.WorstRatio?.Ratio,6:F2} "
                + $"{Percent(m.Tally.Coverage),8} {Percent(m.LeastCoverage?.Coverage),6} {Points(m.Tally.MeanWidth),6} {m.Tally.Labels,7:F1}"
                + $"{(m.WorstRatio is { } w && m.LeastCoverage is { } l ? $"  worst: {w.Condition}; least coverage: {l.Family}" : "")}");
        }
    }

    private static void WriteScores(TextWriter output, IReadOnlyList<ConditionResult> conditions)
    {
        foreach (var score in conditions.SelectMany(c => c.Scores).Where(s => !double.IsNaN(s.Auroc)).GroupBy(s => s.Score, StringComparer.Ordinal))
        {
            output.WriteLine(
                $"  score {score.Key,-18} AUROC {score.Average(s => s.Auroc):F3}  AUPR-error {score.Average(s => s.ErrorAveragePrecision):F3}  FPR at 95 % "
                    + $"TPR {score.Average(s => s.FalsePositiveRate):F3}");
        }
    }

    private static string Percent(double? share) => share is { } s ? $"{100 * s,5:F1}%" : "     –";

    private static string Points(double? width) => width is { } w ? $"{100 * w,6:F2}" : "     –";
}
